package migrations_test

import (
	"context"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// ours are the tables of a schema, without the migrator's own.
const ours = `SELECT c.oid, c.relname, c.relowner, c.relrowsecurity, c.relforcerowsecurity
	FROM pg_class c
	WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relname <> 'schema_version'`

// scoped are the tables whose rows belong to a community. An audit event may be about one, and belongs to none.
const scoped = `SELECT o.* FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid
	WHERE a.attname = 'community_id' AND o.relname <> 'audit_event'`

// rule is a query for what breaks it, and a change of schema that must be found by it. $1 is a role.
type rule struct {
	name  string
	query string
	spoil string                               // run as the superuser, and rolled back; {role} is the role
	keys  bool                                 // whether it is for the keys database as well
	roles func(d migrations.Database) []string // for which roles it holds; none: it is about no role
}

func everyTask(d migrations.Database) []string { return d.Tasks() }
func onlookers(d migrations.Database) []string { return []string{d.Research, d.ReadOnly} }
func keeper(d migrations.Database) []string    { return []string{d.Keeper} }
func worker(d migrations.Database) []string    { return []string{d.Worker} }
func notWorker(d migrations.Database) []string { return []string{d.App, d.Research, d.ReadOnly} }

var rules = []rule{
	{
		name: "every column says what it holds",
		query: `SELECT o.relname || '.' || a.attname || ': ' || coalesce(col_description(o.oid, a.attnum), 'no comment')
			FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
			WHERE coalesce(col_description(o.oid, a.attnum), '') !~ ('^(class=none|'
				|| 'class=(content|credential|health|identity|key|pseudonym|staff|time);form=[^;=]+;purpose=[^;=]+;export=[^;=]+;erase=[^;=]+)$')`,
		spoil: `CREATE TABLE extra (weight integer); COMMENT ON COLUMN extra.weight IS 'class=health;form=plain'`,
		keys:  true,
	},
	{
		name:  "every table says what it is",
		query: `SELECT relname FROM ours WHERE length(coalesce(obj_description(oid, 'pg_class'), '')) < 20`,
		spoil: `CREATE TABLE extra ()`,
		keys:  true,
	},
	{
		name: "every constraint and index has a name of ours",
		query: `SELECT named.name FROM ours o,
			LATERAL (SELECT conname::text AS name FROM pg_constraint WHERE conrelid = o.oid AND contype <> 'n'
				UNION SELECT relname::text FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid WHERE indrelid = o.oid) AS named
			WHERE named.name ~ '_(pkey|key|check|fkey|excl|idx)[0-9]*$' OR named.name NOT LIKE o.relname || '\_%'`,
		spoil: `CREATE TABLE extra (id uuid PRIMARY KEY)`,
		keys:  true,
	},
	{
		name: "every table has a primary key",
		query: `SELECT relname FROM ours o
			WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = o.oid AND contype = 'p')`,
		spoil: `CREATE TABLE extra ()`,
		keys:  true,
	},
	{
		name: "the exact time of nothing stands in plain",
		query: `SELECT o.relname || '.' || a.attname FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0
			WHERE a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype, 'time'::regtype, 'timetz'::regtype)
			AND (o.relname, a.attname) <> ('persona', 'pending_since')`,
		spoil: `CREATE TABLE extra (at timestamptz)`,
		keys:  true,
	},
	{
		name: "every table of a community forces row-level security, by the transaction's communities",
		query: `SELECT o.relname FROM scoped o WHERE NOT o.relrowsecurity OR NOT o.relforcerowsecurity
			OR NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = o.oid AND polpermissive)
			UNION ALL
			SELECT polname FROM scoped o JOIN pg_policy ON polrelid = o.oid AND polpermissive
			WHERE coalesce(pg_get_expr(polqual, polrelid), '') || coalesce(pg_get_expr(polwithcheck, polrelid), '') NOT LIKE '%visible_communities()%'
			AND polname NOT LIKE '%\_directory'`,
		spoil: `ALTER TABLE post NO FORCE ROW LEVEL SECURITY`,
	},
	{
		name: "what row-level security asks is a filter: as an index condition beside the query's own it would mislead the planner",
		query: `SELECT polname FROM scoped o JOIN pg_policy ON polrelid = o.oid
			WHERE polcmd IN ('*', 'r') AND polname NOT LIKE '%\_directory' AND pg_get_expr(polqual, polrelid) NOT LIKE '%IS TRUE)'`,
		spoil: `ALTER POLICY post_scope ON post USING (community_id = ANY ((SELECT visible_communities())::uuid[]))`,
	},
	{
		name: "a directory is for reading",
		query: `SELECT polname FROM pg_policy WHERE polname LIKE '%\_directory' AND polcmd <> 'r'
			OR polname LIKE '%\_directory' AND polrelid::regclass::text NOT IN ('community', 'community_tally')`,
		spoil: `CREATE POLICY post_directory ON post FOR SELECT USING (true)`,
	},
	{
		name: "the community comes first in every key, so that tables can be sharded by it",
		query: `SELECT i.indexrelid::regclass::text FROM scoped o JOIN pg_index i ON i.indrelid = o.oid AND i.indisunique
			JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum = i.indkey[0] WHERE a.attname <> 'community_id'
			UNION ALL
			SELECT c.conname FROM pg_constraint c JOIN scoped o ON o.oid = c.conrelid JOIN scoped p ON p.oid = c.confrelid
			JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
			JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
			WHERE c.contype = 'f' AND (a.attname <> 'community_id' OR b.attname <> 'community_id')`,
		spoil: `ALTER TABLE post ADD CONSTRAINT post_topic_once UNIQUE (topic_id)`,
	},
	{
		name: "a role of a task owns nothing",
		query: `SELECT relname FROM pg_class WHERE relowner = $1::regrole UNION ALL
			SELECT proname FROM pg_proc WHERE proowner = $1::regrole UNION ALL
			SELECT nspname FROM pg_namespace WHERE nspowner = $1::regrole UNION ALL
			SELECT datname FROM pg_database WHERE datdba = $1::regrole`,
		spoil: `CREATE TABLE extra (); ALTER TABLE extra OWNER TO {role}`,
		keys:  true,
		roles: everyTask,
	},
	{
		name: "a role of a task can't change a schema, empty a table or look past row-level security",
		query: `SELECT 'may CREATE in ' || nspname FROM pg_namespace WHERE has_schema_privilege($1, oid, 'CREATE') UNION ALL
			SELECT 'may CREATE or TEMP in ' || datname FROM pg_database
				WHERE datname LIKE 'template\_%' AND has_database_privilege($1, oid, 'CREATE, TEMP') UNION ALL
			SELECT 'may TRUNCATE or more: ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
				AND relkind IN ('r', 'p') AND has_table_privilege($1, oid, 'TRUNCATE, REFERENCES, TRIGGER') UNION ALL
			SELECT 'is more than a role' FROM pg_roles WHERE rolname = $1
				AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication) UNION ALL
			SELECT 'is a member of ' || roleid::regrole FROM pg_auth_members WHERE member = $1::regrole`,
		spoil: `CREATE TABLE extra (); GRANT TRUNCATE ON extra TO {role}`,
		keys:  true,
		roles: everyTask,
	},
	{
		name: "nothing is everybody's",
		query: `SELECT c.relname FROM pg_class c, LATERAL aclexplode(c.relacl) g
			WHERE c.relnamespace = 'public'::regnamespace AND g.grantee = 0`,
		spoil: `CREATE TABLE extra (); GRANT SELECT ON extra TO PUBLIC`,
		keys:  true,
	},
	{
		name: "what was done can be added to and never read back, changed or deleted",
		query: `SELECT privilege FROM unnest(ARRAY['SELECT', 'UPDATE', 'DELETE']) AS privilege
			WHERE has_table_privilege($1, 'audit_event', privilege) OR privilege <> 'DELETE' AND has_any_column_privilege($1, 'audit_event', privilege)`,
		spoil: `GRANT UPDATE (day) ON audit_event TO {role}`,
		roles: notWorker,
	},
	{
		name: "the worker reads what was done, and deletes what its time is over for, and changes none of it",
		query: `SELECT 'UPDATE' WHERE has_table_privilege($1, 'audit_event', 'UPDATE') OR has_any_column_privilege($1, 'audit_event', 'UPDATE')
			UNION ALL SELECT 'no ' || privilege FROM unnest(ARRAY['SELECT', 'INSERT', 'DELETE']) AS privilege WHERE NOT has_table_privilege($1, 'audit_event', privilege)`,
		spoil: `GRANT UPDATE (action) ON audit_event TO {role}`,
		roles: worker,
	},
	{
		name: "the tree of what was done grows, and nothing in it is changed or taken away",
		query: `SELECT privilege || ' ' || relname FROM ours, unnest(ARRAY['UPDATE', 'DELETE']) AS privilege
			WHERE relname IN ('audit_leaf', 'audit_node', 'audit_checkpoint')
			AND (has_table_privilege($1, oid, privilege) OR privilege = 'UPDATE' AND has_any_column_privilege($1, oid, privilege))
			UNION ALL SELECT 'there is no tree' WHERE (SELECT count(*) FROM ours WHERE relname IN ('audit_leaf', 'audit_node', 'audit_checkpoint')) <> 3`,
		spoil: `GRANT UPDATE (note) ON audit_checkpoint TO {role}`,
		roles: everyTask,
	},
	{
		name: "who looks on sees no word, no pseudonym and no person, and changes nothing",
		query: `SELECT 'may read ' || o.relname || '.' || a.attname FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0
			WHERE NOT a.attisdropped AND has_column_privilege($1, o.oid, a.attnum, 'SELECT') AND col_description(o.oid, a.attnum) <> 'class=none'
			UNION ALL
			SELECT 'may change ' || relname FROM ours o WHERE has_table_privilege($1, oid, 'INSERT, UPDATE, DELETE') OR has_any_column_privilege($1, oid, 'INSERT, UPDATE')`,
		spoil: `GRANT SELECT (persona_id) ON post TO {role}`,
		roles: onlookers,
	},
	{
		name: "the keeper wraps keys anew and reads nothing that they seal",
		query: `SELECT 'may update ' || o.relname || '.' || a.attname FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0
			WHERE has_column_privilege($1, o.oid, a.attnum, 'UPDATE') AND a.attname NOT IN ('secret', 'epoch', 'kek')
			UNION ALL
			SELECT 'may read ' || o.relname || '.' || a.attname FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0
			WHERE has_column_privilege($1, o.oid, a.attnum, 'SELECT') AND a.attname IN ('record', 'account', 'hash')`,
		spoil: `GRANT SELECT (record) ON member TO {role}`,
		keys:  true,
		roles: keeper,
	},
}

func TestSchema(t *testing.T) {
	t.Parallel()
	for _, database := range []struct {
		kind migrations.Database
		url  string
	}{
		{migrations.Forum, pgtest.ForumURL(t)},
		{migrations.Keys, pgtest.KeysURL(t)},
	} {
		admin := connect(t, pgtest.Admin(t, database.kind, database.url))
		for _, rule := range rules {
			if database.kind == migrations.Keys && !rule.keys {
				continue
			}
			for _, role := range rule.of(database.kind) {
				t.Run(path.Join(database.kind.Name, rule.name, role), func(t *testing.T) {
					if broken := rule.broken(t, admin, role); len(broken) > 0 {
						t.Errorf("broken by %s", strings.Join(broken, "; "))
					}
					if !rule.bites(t, admin, role) {
						t.Errorf("%s was not found: the rule proves nothing", rule.spoil)
					}
				})
			}
		}
	}
}

// of are the roles of a database for which the rule holds, or one that is nobody where it is about none.
func (r rule) of(d migrations.Database) []string {
	if r.roles == nil {
		return []string{""}
	}
	return slices.DeleteFunc(r.roles(d), func(role string) bool { return role == "" })
}

func (r rule) broken(t *testing.T, conn *pgx.Conn, role string) []string {
	t.Helper()
	// Named in every query, so that each may leave out what it doesn't need.
	query := "WITH ours AS (" + ours + "), scoped AS (" + scoped + "), app AS (SELECT $1::text) " + r.query
	rows, err := conn.Query(t.Context(), query, role)
	if err != nil {
		t.Fatal(err)
	}
	broken, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(broken)
	return broken
}

// bites tells whether the rule finds its spoiled schema, which it leaves as it was.
func (r rule) bites(t *testing.T, conn *pgx.Conn, role string) bool {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), strings.ReplaceAll(r.spoil, "{role}", role)); err != nil {
		t.Fatal(err)
	}
	found := len(r.broken(t, conn, role)) > 0
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	return found
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return conn
}
