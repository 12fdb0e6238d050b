package structure_test

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestMigrations(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"migrations/forum", "migrations/keys"} {
		steps := repository(t, func(name string) bool { return path.Dir(name) == folder })
		slices.Sort(steps)
		for i, name := range steps {
			if want := fmt.Sprintf("%s/%03d_", folder, i+1); !strings.HasPrefix(name, want) {
				t.Errorf("%s: migrations count without gaps: this one is %s…", name, want)
			}
			for _, wrong := range migration(name, read(t, name)) {
				t.Error(wrong)
			}
		}
	}
}

func TestMigrationRulesBite(t *testing.T) {
	t.Parallel()
	const why = "-- Members asked to thank each other without another post; a thank you belongs to one community.\n\n"
	const good = why + `SET lock_timeout = '5s';

CREATE TABLE thank (
    community_id uuid NOT NULL, -- never a CHECK
    number       integer NOT NULL,
    CONSTRAINT thank_primary PRIMARY KEY (community_id, number),
    CONSTRAINT thank_once UNIQUE (community_id),
    CONSTRAINT thank_of FOREIGN KEY (community_id) REFERENCES community (community_id) ON DELETE CASCADE,
    CONSTRAINT thank_known CHECK (number IN (1, 2))
);
CREATE UNIQUE INDEX thank_latest ON thank (number);
CREATE POLICY thank_insert ON thank FOR INSERT WITH CHECK (true);
COMMENT ON TABLE thank IS 'the primary key and unique check of references';
GRANT SELECT, REFERENCES ON thank TO {{.app}};
`
	if wrong := migration("migrations/forum/001_create_thank.sql", good); wrong != nil {
		t.Errorf("a good migration was refused: %q", wrong)
	}
	for _, sample := range []struct{ from, to, want string }{
		{why, "", "why"},
		{why, "-- thanks\n", "why"},
		{"SET lock_timeout = '5s';", "", "lock_timeout"},
		{"CONSTRAINT thank_primary ", "", "PRIMARY has no name"},
		{"CONSTRAINT thank_once ", "", "UNIQUE has no name"},
		{"CONSTRAINT thank_of ", "", "FOREIGN has no name"},
		{"CONSTRAINT thank_known ", "", "CHECK has no name"},
		{"number       integer NOT NULL", "number integer NOT NULL REFERENCES other", "REFERENCES has no name"},
		{"INDEX thank_latest ON", "INDEX ON", "INDEX has no name"},
		{"thank_once", "once_per_thank", "begins with the name of its table"},
		{"CREATE TABLE", "create table", "create: keywords"},
		{"integer NOT NULL", "integer not null", "not: keywords"},
		{"number       integer", "number varchar(10)", "varchar"},
		{"number       integer", "at timestamp", "timestamp"},
		{"number       integer", "number bigserial", "bigserial"},
		{"GRANT SELECT", "GRANT ALL", "verb by verb"},
		{"GRANT SELECT", "GRANT TRUNCATE", "verb by verb"},
		{"TO {{.app}}", "TO PUBLIC", "PUBLIC"},
		{"TO {{.app}}", "TO hamyar_app", "{{.app}}"},
		{"COMMENT ON", "---- create above / drop below ----\nDROP TABLE thank;\nCOMMENT ON", "never back"},
		{"CREATE UNIQUE INDEX", "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ select 1 $$;\nCREATE UNIQUE INDEX", "search_path"},
		{"    community_id uuid", "\tcommunity_id uuid", "tab"},
	} {
		found := strings.Join(migration("migrations/forum/001_create_thank.sql", strings.Replace(good, sample.from, sample.to, 1)), "\n")
		if !strings.Contains(found, sample.want) {
			t.Errorf("%q for %q: found %q, want %q", sample.to, sample.from, found, sample.want)
		}
	}
	if found := migration("migrations/forum/001_thank.sql", good); len(found) != 1 {
		t.Errorf("a name without a verb and a noun: found %q", found)
	}
}

var migrationName = regexp.MustCompile(`^\d{3}_[a-z]+_[a-z_]+\.sql$`)

// migration tells what is wrong with one migration, read as text.
func migration(name, text string) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, name+": "+fmt.Sprintf(format, args...)) }
	if !migrationName.MatchString(path.Base(name)) {
		say("a migration is called NNN_verb_noun.sql")
	}
	if len(header(text)) < 60 {
		say("it begins with a comment that says why it is there")
	}
	if strings.Contains(text, "\t") {
		say("it is indented with a tab")
	}
	if strings.Contains(text, "---- create above") {
		say("migrations go forward and never back: a way back that loses what people wrote is no way back")
	}
	tokens := sqlTokens(text)
	if !follows(tokens, "SET", "lock_timeout") {
		say("it sets no lock_timeout: a migration that waits for a lock makes everybody wait")
	}
	if follows(tokens, "SECURITY", "DEFINER") && !follows(tokens, "SET", "search_path") {
		say("a SECURITY DEFINER function sets its own search_path")
	}
	for _, misspelt := range lowerKeywords(tokens) {
		say("%s: keywords are in capitals", misspelt)
	}
	for _, unwanted := range unwantedTypes(tokens) {
		say("%s", unwanted)
	}
	for _, nameless := range nameless(tokens) {
		say("%s", nameless)
	}
	for _, statement := range statements(tokens) {
		if statement[0] == "GRANT" {
			for _, broad := range broadGrant(statement) {
				say("%s", broad)
			}
		}
	}
	return wrong
}

// header is the comment that a file begins with.
func header(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		comment, found := strings.CutPrefix(line, "--")
		if !found {
			break
		}
		b.WriteString(comment)
	}
	return b.String()
}

// broadGrant tells what is too much in a GRANT. The role is templated, so that no name is fixed in a schema.
func broadGrant(statement []string) (wrong []string) {
	on := slices.Index(statement, "ON")
	for _, verb := range []string{"ALL", "TRUNCATE", "TRIGGER"} {
		if on > 0 && slices.Contains(statement[:on], verb) {
			wrong = append(wrong, "GRANT "+verb+": grants go verb by verb, and never this one")
		}
	}
	switch to := statement[len(statement)-1]; to {
	case "{{.app}}", "{{.owner}}", "{{.worker}}", "{{.research}}", "{{.readonly}}", "{{.keeper}}":
	case "PUBLIC":
		wrong = append(wrong, "GRANT … TO PUBLIC: nothing is everybody's")
	default:
		wrong = append(wrong, "GRANT … TO "+to+": roles are {{.app}} and the others of migrations/roles.go")
	}
	return wrong
}
