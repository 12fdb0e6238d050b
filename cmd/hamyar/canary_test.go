package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

// What people write, who they are and where they come from is looked for in everything that a thief could carry off: a
// dump, the files, the write-ahead log, and logs, although the databases log all that they can. Every place must give up
// a control that was put there in plain, or the search would prove nothing.
func TestCanaries(t *testing.T) {
	t.Parallel()
	f := &flock{t: t}
	stack := pgtest.Stack(t)
	began := map[string]int64{stack.Forum.LogFile: size(t, stack.Forum.LogFile), stack.Keys.LogFile: size(t, stack.Keys.LogFile)}
	h := open(t, talkative(t), func(c *config.Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")} })
	v := f.visitor(h).visit()
	v.misbehave()
	v.stumble()

	everything := slices.Concat(f.words, f.accounts, f.traces, f.links)
	t.Logf("%d canaries", len(everything))
	s := newScanner(t, everything...)
	s.clean("Hamyar's log", []byte(h.log.String()))
	numbers := httptest.NewRecorder()
	h.metrics.ServeHTTP(numbers, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	s.clean("/metrics", numbers.Body.Bytes())
	if log := h.log.String(); !strings.Contains(log, `"code":"name_taken"`) || !strings.Contains(log, "P0001") {
		t.Error("Hamyar's log is not the log of this visit")
	}

	for _, database := range []struct {
		kind         migrations.Database
		url, folder  string
		log, written string // a statement that must be in its log
	}{
		{migrations.Forum, h.config.ForumURL.Reveal(), stack.Forum.DataDir, stack.Forum.LogFile, "INSERT INTO post "},
		{migrations.Keys, h.config.KeysURL.Reveal(), stack.Keys.DataDir, stack.Keys.LogFile, "INSERT INTO persona "},
	} {
		admin := pgtest.Admin(t, database.kind, database.url)
		l := &look{t: t, name: database.kind.Name, admin: admin, banned: everything, control: textCanary("the control", f.draw("aeiou", "bdfghklmnprst")+"Control")}
		l.plant()
		l.statements()
		l.dumps()
		l.folder(database.folder)
		l.log(database.log, began[database.log], database.written)
	}

	for _, path := range h.files() {
		s.clean("a file of an attachment", read(t, path))
	}
	if len(h.files()) != 2 {
		t.Errorf("%d files of attachments were looked through", len(h.files()))
	}

	// Kratos knows accounts. Whoever asks it past Hamyar's proxy leaves their browser behind: that is the control.
	l := &look{t: t, name: "Kratos's", banned: slices.Concat(f.words, f.traces), control: textCanary("the control", "Agent"+f.draw("aeiou", "bdfghklmnprst"))}
	l.admin = inDatabase(t, stack.Identity.AdminURL, "kratos")
	l.signUpPastTheProxy(stack.KratosPublic)
	l.dumps()
	l.folder(stack.Identity.DataDir)
	newScanner(t, append(slices.Concat(f.words, f.accounts, f.traces), l.control)...).clean("Kratos's log", read(t, stack.KratosLog))
	newScanner(t, slices.Concat(f.words, f.traces)...).clean("the identity cluster's log", read(t, stack.Identity.LogFile))
}

// talkative lets a test's databases log all that PostgreSQL can log, values included: nothing that is sent there is in
// plain, so an installation whose settings are wrong gives no more away.
func talkative(t *testing.T) func(*config.Config) {
	t.Helper()
	return func(c *config.Config) {
		for kind, url := range map[*migrations.Database]string{&migrations.Forum: c.ForumURL.Reveal(), &migrations.Keys: c.KeysURL.Reveal()} {
			admin := connectTo(t, pgtest.Admin(t, *kind, url))
			for _, setting := range []string{
				"log_statement = 'all'", "log_min_duration_statement = 0", "log_parameter_max_length = -1", "log_parameter_max_length_on_error = -1",
				"log_min_messages = 'debug1'", "log_min_error_statement = 'debug1'", "log_error_verbosity = 'verbose'", "log_lock_waits = on",
			} {
				if _, err := admin.Exec(t.Context(), `ALTER DATABASE `+admin.Config().Database+` SET `+setting); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// stumble lets the database refuse a post in words of its own, which quote the row.
func (s *visit) stumble() {
	s.t.Helper()
	admin := connectTo(s.t, pgtest.Admin(s.t, migrations.Forum, s.h.config.ForumURL.Reveal()))
	for _, statement := range []string{
		`CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no place for %', NEW USING DETAIL = NEW::text; END $$`,
		`CREATE TRIGGER stumble BEFORE INSERT ON post FOR EACH ROW EXECUTE FUNCTION stumble()`,
	} {
		if _, err := admin.Exec(s.t.Context(), statement); err != nil {
			s.t.Fatal(err)
		}
	}
	body := map[string]any{"title": s.both("a title that the database refused"), "text": s.both("its text")}
	s.visitor.call(http.MethodPost, s.at("/topics"), s.first.token, body, "Idempotency-Key", s.word("its key")).is(http.StatusInternalServerError).refused("internal")
}

// look is a search through one database, its cluster and its logs.
type look struct {
	t           *testing.T
	name, admin string
	banned      []canary
	control     canary
}

func (l *look) scanner() *scanner {
	return newScanner(l.t, append(slices.Clone(l.banned), l.control)...)
}

// holds takes what a scanner found: nothing but the control, and tells whether that was there.
func (l *look) holds(where string, found []string) (control bool) {
	l.t.Helper()
	for _, f := range found {
		if strings.HasPrefix(f, l.control.what) {
			control = true
			continue
		}
		l.t.Errorf("%s: %s holds %s", l.name, where, f)
	}
	return control
}

func (l *look) must(where string, control bool) {
	l.t.Helper()
	if !control {
		l.t.Errorf("%s: %s does not hold the control: it is not what was looked through", l.name, where)
	}
}

// plant writes the control in plain SQL.
func (l *look) plant() {
	l.t.Helper()
	admin := connectTo(l.t, l.admin)
	for _, statement := range []string{`CREATE TABLE control (words text)`, fmt.Sprintf(`INSERT INTO control VALUES ('%s')`, l.control.raw), `CHECKPOINT`} {
		if _, err := admin.Exec(l.t.Context(), statement); err != nil {
			l.t.Fatal(err)
		}
	}
}

func (l *look) signUpPastTheProxy(kratos string) {
	l.t.Helper()
	direct := &house{t: l.t, origin: kratos}
	var flow struct{ ID string }
	agent := string(l.control.raw)
	direct.call(http.MethodGet, "/self-service/registration/api", "", nil, "User-Agent", agent).into(http.StatusOK, &flow)
	direct.call(http.MethodPost, "/self-service/registration?flow="+flow.ID, "", map[string]any{
		"method": "password", "password": password, "traits": map[string]string{"username": strings.ToLower(agent)},
	}, "User-Agent", agent).is(http.StatusOK)
	if _, err := connectTo(l.t, l.admin).Exec(l.t.Context(), `CHECKPOINT`); err != nil {
		l.t.Fatal(err)
	}
}

// statements looks at what others who are connected see of what runs.
func (l *look) statements() {
	l.t.Helper()
	rows, err := connectTo(l.t, l.admin).Query(l.t.Context(), `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	if err != nil {
		l.t.Fatal(err)
	}
	queries, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(queries) == 0 {
		l.t.Fatalf("%s: nobody is connected, %v", l.name, err)
	}
	l.holds("pg_stat_activity", l.scanner().find([]byte(strings.Join(queries, "\n"))))
}

func (l *look) dumps() {
	l.t.Helper()
	s := l.scanner()
	for _, form := range [][]string{{"--format=plain"}, {"--format=custom", "--compress=0"}, {"--format=plain", "--inserts"}} {
		where := "pg_dump " + strings.Join(form, " ")
		l.must(where, l.holds(where, s.find(dump(l.t, l.admin, form...))))
	}
}

// folder looks through the files of a whole cluster, with its write-ahead log.
func (l *look) folder(path string) {
	l.t.Helper()
	s, inFiles, inLog, bytes := l.scanner(), false, false, 0
	s.files(path, func(path string, content []byte) {
		bytes += len(content)
		control := l.holds(path, s.find(content))
		if strings.Contains(path, "/pg_wal/") {
			inLog = inLog || control
		} else {
			inFiles = inFiles || control
		}
	})
	l.must("the data directory", inFiles)
	l.must("the write-ahead log", inLog)
	l.t.Logf("%s: looked through %d MB of the cluster's files", l.name, bytes>>20)
}

var (
	entries  = regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\d [\d:.]+ UTC \[\d+\] `)
	executed = regexp.MustCompile(`(?s)^LOG: .*?(?:statement|execute [^:]*): (.*)`)
	scope    = regexp.MustCompile(`SET LOCAL hamyar\.[a-z]+ = '[0-9a-f,-]*'`)
	value    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-|\\\\?x[0-9a-f]{8}`)
)

// log looks through what a cluster logged since from. Whole statements stand in it with their values beside them; in
// their text there is none, and so there is none in pg_stat_statements and pg_stat_activity.
func (l *look) log(path string, from int64, written string) {
	l.t.Helper()
	content := read(l.t, path)
	l.must("its log", l.holds("its log", l.scanner().find(content)))
	known := map[string]bool{}
	for _, entry := range entries.Split(string(content[from:]), -1) {
		if m := executed.FindStringSubmatch(entry); m != nil {
			known[scope.ReplaceAllString(m[1], "SET LOCAL …")] = true
		}
	}
	wrote := false
	for statement := range known {
		wrote = wrote || strings.Contains(statement, written)
		if value.MatchString(statement) {
			l.t.Errorf("%s: a value in the text of a statement: %s", l.name, statement)
		}
	}
	if !wrote || !strings.Contains(string(content[from:]), "parameters: $1 = ") {
		l.t.Errorf("%s: the log does not tell of statements and values: it is not what was looked through", l.name)
	}
	l.t.Logf("%s: %d different statements", l.name, len(known))
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func connectTo(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func inDatabase(t *testing.T, adminURL, name string) string {
	t.Helper()
	url, err := migrations.In(adminURL, name)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// dump is what a backup of one database holds.
func dump(t *testing.T, adminURL string, form ...string) []byte {
	t.Helper()
	c, err := pgx.ParseConfig(adminURL)
	if err != nil {
		t.Fatal(err)
	}
	args := append(slices.Clone(form), "--host="+c.Host, fmt.Sprintf("--port=%d", c.Port), "--username="+c.User, "--no-password", c.Database)
	command := exec.CommandContext(t.Context(), filepath.Join(pgtest.Stack(t).Binaries, "pg_dump"), args...)
	command.Env = append(os.Environ(), "PGPASSWORD="+c.Password)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}
