package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres"
)

// auditWork is what `hamyar audit` does.
func auditWork() []command {
	return []command{
		{"status", "count what is in the log, what waits, and how far witnesses have seen", program.auditStatus},
		{"key", "print the key that the log is signed with, for whoever verifies it", program.auditKey},
		{"seal", "take what waits into the log and sign it now; the server does so every few seconds", program.auditSeal},
		{"export", "write the whole log to a folder that can be verified anywhere", program.auditExport},
		{"verify", "judge such a folder, from its files alone", program.auditVerify},
		{"erase", "delete the content of old records; their leaves stay", program.auditErase},
		{"witness", "be a witness: remember what logs signed, and cosign what holds all of it", program.auditWitness},
	}
}

func (p program) audit(ctx context.Context, args []string) error {
	return menu{
		before:   "hamyar audit looks after the audit log and verifies it, with the settings of hamyar serve.\n\nhamyar audit WORK [flags]\n",
		commands: auditWork(),
		after:    "\nhamyar audit WORK -h tells the flags of one. It ends with 0 when all is well.",
		unknown:  "hamyar audit can't %q",
	}.choose(ctx, p, args)
}

// auditFlags reads the flags of one work; usage is its explanation.
func (p program) auditFlags(name, usage string, args []string, define func(*flag.FlagSet)) (*flag.FlagSet, error) {
	return p.workFlags("audit", name, usage, args, define)
}

// standing is a Hamyar in the role that serves.
func (p program) standing(ctx context.Context) (*server, error) {
	c, err := p.patient("")
	if err != nil {
		return nil, err
	}
	c.Policy = config.Policy{} // servers follow its folder, and remember alone
	return newServer(ctx, c, p.logger(), utc)
}

func (p program) auditStatus(ctx context.Context, args []string) error {
	if _, err := p.auditFlags("status", "\ncounts, and looks whether the log ends where it was signed.", args, nil); err != nil {
		return said(err)
	}
	s, err := p.standing(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	status, err := s.scribe.Status(ctx)
	if err != nil {
		return err
	}
	p.say("leaves      %d", status.Size)
	p.say("signed      %d", status.Signed)
	p.say("waiting     %d", status.Pending)
	for _, w := range status.Seen {
		p.say("witness     %s has seen %d", w.Witness, w.Size)
	}
	return s.scribe.Check(ctx)
}

func (p program) auditKey(ctx context.Context, args []string) error {
	if _, err := p.auditFlags("key", "\nprints the log's verifier key. Give it to whoever is to check the log, by another way than the log itself.", args, nil); err != nil {
		return said(err)
	}
	s, err := p.standing(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	p.say("%s", s.scribe.Key())
	return nil
}

func (p program) auditSeal(ctx context.Context, args []string) error {
	if _, err := p.auditFlags("seal", "\ntakes what waits into the log, signs it, and asks the witnesses.", args, nil); err != nil {
		return said(err)
	}
	s, err := p.standing(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	n, err := s.scribe.Seal(ctx)
	if err != nil {
		return err
	}
	p.say("%d more leaves are in the log and signed", n)
	return s.scribe.Cosign(ctx, s.witnesses)
}

const eraseRecordsUsage = `-before DATE
deletes the content of records of before a day (2024-06-30), as far as they are the first of the log. Their leaves stay, and
so the log can be verified as before. The server does so itself after HAMYAR_AUDIT_RETENTION_DAYS, where it has the worker's role.`

func (p program) auditErase(ctx context.Context, args []string) error {
	var before string
	if _, err := p.auditFlags("erase", eraseRecordsUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&before, "before", "", "the first day that is kept")
	}); err != nil {
		return said(err)
	}
	day, err := time.Parse(time.DateOnly, before)
	if err != nil || day.After(utc()) {
		return errors.New("hamyar audit erase -before 2024-06-30, a day that has been")
	}
	s, err := p.workshop(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	n, err := s.scribe.Erase(ctx, day)
	if err != nil {
		return err
	}
	p.say("the content of %d records is erased; their leaves stay", n)
	return nil
}

// sealEvery is how long an act waits for its leaf at most, on a server that is not overloaded.
const sealEvery = 2 * time.Second

// sealLog is a chore of the server.
func (s *server) sealLog(ctx context.Context) error {
	_, err := s.scribe.Seal(ctx)
	return err
}

// checkLog is another: where the log is not the one that was signed, its operator reads that in the server's log, and no
// witness is asked to cosign it.
func (s *server) checkLog(ctx context.Context) error {
	if err := s.scribe.Check(ctx); err != nil {
		return err
	}
	return s.scribe.Cosign(ctx, s.witnesses)
}

// eraseRecords is another, where the server has the worker's role and content is not kept for ever.
func (s *server) eraseRecords(ctx context.Context) error {
	if s.config.WorkerURL == (config.Secret{}) || s.config.AuditDays == 0 {
		return nil
	}
	worker, err := postgres.Open(ctx, s.config.WorkerURL.Reveal())
	if err != nil {
		return err
	}
	defer worker.Close()
	scribe, err := audit.NewScribe(worker, s.store, utc)
	if err != nil {
		return err
	}
	_, err = scribe.Erase(ctx, utc().AddDate(0, 0, -s.config.AuditDays))
	return err
}

// examineLog looks whether the audit log ends where it was signed, and whether anybody else has seen it.
func examineLog(ctx context.Context, c config.Config, store *keystore.Store, clock func() time.Time) finding {
	forum, err := postgres.Open(ctx, c.ForumURL.Reveal())
	if err != nil {
		return finding{"audit log", "no connection to the forum database", "start PostgreSQL"}
	}
	defer forum.Close()
	scribe, err := audit.NewScribe(forum, store, clock)
	if err != nil {
		return finding{"audit log", "its key can't be made", "check HAMYAR_KMS_URL_FILE"}
	}
	switch err := scribe.Check(ctx); {
	case errors.Is(err, audit.ErrRewritten):
		return finding{"audit log", "the database holds another log than the one that was signed, and nothing is added to it", "find out who changed it: hamyar audit export, then hamyar audit verify; docs/audit.md tells what to do"}
	case err != nil:
		return finding{"audit log", "can't be read", "hamyar migrate"}
	}
	status, err := scribe.Status(ctx)
	if err != nil {
		return finding{"audit log", "can't be read", "hamyar migrate"}
	}
	if _, err := witnessesOf(c); err != nil {
		return finding{"audit log", "the list of witnesses can't be read", "write VERIFIER-KEY URL to the file that HAMYAR_WITNESSES names, one witness a line"}
	}
	return finding{about: "audit log", saw: fmt.Sprintf("%d leaves, signed, and seen by %d witnesses", status.Size, len(status.Seen))}
}
