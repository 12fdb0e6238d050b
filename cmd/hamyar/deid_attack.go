package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"

	"github.com/hamyar/hamyar/internal/deid/attack"
	"github.com/hamyar/hamyar/internal/deid/recode"
	"github.com/hamyar/hamyar/internal/deid/table"
)

const attackUsage = `-input FILE -config STUDY -release FILE [flags]
hamyar deid attack -counts FILE
hamyar deid attack -noise EPSILON
tries a release as somebody would who wants to know who is in it, and tells how far each attack came. The status is 0 if
all were held off, and 1 if one came through. docs/deid.md says what each attack does.

`

// siege is the attacks on one release, or on what else was given.
type siege struct {
	input, study, release, control string
	earlier, earlierRelease, same  string
	counts, report                 string
	noise                          float64
	limits                         attack.Limits
	found                          []attack.Finding
	shown                          *progress
	folder                         table.Folder
	asked                          *table.Study
	problem                        *table.Problem
	files                          shelving
}

func (p program) deidAttack(ctx context.Context, args []string) (err error) {
	s := &siege{limits: attack.Recommended(), shown: newProgress(p.out, utc)}
	flags := flag.NewFlagSet("deid attack", flag.ContinueOnError)
	flags.SetOutput(p.errOut)
	flags.Usage = func() {
		fmt.Fprintf(p.errOut, "hamyar deid attack %s", attackUsage)
		flags.PrintDefaults()
	}
	s.flags(flags)
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return badInput{errSaid}
	}
	onRelease := s.input != "" && s.study != "" && s.release != ""
	between := s.earlier != "" && s.earlierRelease != "" && s.same != "" && onRelease
	switch {
	case flags.NArg() > 0, !onRelease && (s.input+s.study+s.release+s.control != "" || s.counts == "" && s.noise == 0),
		!between && s.earlier+s.earlierRelease+s.same != "", !(s.noise >= 0):
		return badInput{errors.New("hamyar deid attack -input FILE -config STUDY -release FILE [-control FILE] [-earlier FILE -earlier-release FILE -same COLUMN]; hamyar deid attack -h tells more")}
	}
	defer s.shown.end()
	defer func() { err = errors.Join(err, s.files.abandon()) }()
	if err := s.lay(ctx); err != nil {
		return mendable(ctx, err)
	}
	s.shown.end()
	return s.tell(p)
}

func (s *siege) flags(flags *flag.FlagSet) {
	flags.StringVar(&s.input, "input", "", "the table that the release was made of")
	flags.StringVar(&s.study, "config", "", "the study that it was made by")
	flags.StringVar(&s.release, "release", "", "the release, with its rows in the order of the table")
	flags.StringVar(&s.control, "control", "", "a table of others from the same population, who are not in the release; without it, a release of half the rows is made, and tried on the other half")
	flags.StringVar(&s.earlier, "earlier", "", "the table of an earlier release by the same study, to try both together")
	flags.StringVar(&s.earlierRelease, "earlier-release", "", "that release")
	flags.StringVar(&s.same, "same", "", "the column of both tables that says which rows are the same person's")
	flags.StringVar(&s.counts, "counts", "", "a file of what published tables say, to work out what they say together: columns people (groups, with | between them), low and high")
	flags.Float64Var(&s.noise, "noise", 0, "listen to the noise that hamyar deid adds for this ε, with and without a person")
	flags.IntVar(&s.limits.Group, "k", s.limits.Group, "the fewest rows that anybody may be narrowed down to")
	flags.IntVar(&s.limits.Values, "l", s.limits.Values, "the fewest sensitive values that anybody may be narrowed down to")
	flags.Float64Var(&s.limits.Distance, "t", s.limits.Distance, "how far sensitive values in a class may be from those in the table")
	flags.StringVar(&s.report, "report", "", "where the findings are written, as JSON")
}

// lay tries everything that was asked for.
func (s *siege) lay(ctx context.Context) error {
	s.folder = table.Folder{
		Path:     filepath.Dir(s.study),
		Through:  func(r io.Reader) io.Reader { return interruptible(ctx, r) },
		Progress: func(rows int) { s.shown.at("reading rows", rows, 0) },
	}
	if s.report != "" {
		s.files.sources = []string{s.input, s.study, s.release, s.control, s.earlier, s.earlierRelease, s.counts}
		if err := s.files.place(s.report); err != nil {
			return err
		}
	}
	if s.release != "" {
		if err := s.onRelease(ctx); err != nil {
			return err
		}
	}
	if s.counts != "" {
		if err := s.onCounts(); err != nil {
			return err
		}
	}
	if s.noise > 0 {
		return s.onNoise(ctx)
	}
	return nil
}

func (s *siege) onRelease(ctx context.Context) error {
	var err error
	if s.asked, err = s.folder.Study(s.study); err != nil {
		return err
	}
	s.files.sources = append(s.files.sources, s.folder.Files(s.asked)...)
	if s.report != "" {
		if err := s.files.place(s.report); err != nil {
			return err
		}
	}
	if s.problem, err = s.folder.Problem(s.asked, s.input); err != nil {
		return err
	}
	r, err := s.open(s.problem, s.release)
	if err != nil {
		return err
	}
	s.found = append(s.found, attack.Linkage(r, s.limits))
	s.found = append(s.found, attack.Homogeneity(r, s.limits)...)
	s.found = append(s.found, attack.Skewness(r, s.limits)...)
	if err := s.minimality(ctx, r); err != nil {
		return err
	}
	if err := s.againstOthers(ctx, r); err != nil {
		return err
	}
	if s.earlier == "" {
		return nil
	}
	return s.between(r)
}

// open reads a release of a problem's table.
func (s *siege) open(p *table.Problem, path string) (*attack.Release, error) {
	read, err := s.read(path, nil)
	if err != nil {
		return nil, err
	}
	r, err := attack.Open(p, read, nil)
	return r, in(path, err)
}

// read reads a table that is written as the study says.
func (s *siege) read(path string, leave map[string]bool) (*table.Table, error) {
	return s.folder.Table(path, table.Options{Delimiter: s.asked.Input.Rune(), Leave: leave})
}

// in says in which file something is wrong.
func in(path string, err error) error {
	var wrong *table.Wrong
	if errors.As(err, &wrong) && wrong.File == "" {
		wrong.File = path
	}
	return err
}

// make makes a release as the study says, or otherwise.
func (s *siege) make(ctx context.Context, p *table.Problem, doing string) (*attack.Release, error) {
	how := recode.Global
	if p.Coding == table.Local {
		how = recode.Local
	}
	made, err := how(ctx, p, func(share float64) { s.shown.at(doing+", in percent", int(100*share), 100) })
	if err != nil {
		return nil, err
	}
	return attack.Open(p, made.Table, made.Suppressed)
}

// minimality compares the release with one that asks for k alone.
func (s *siege) minimality(ctx context.Context, r *attack.Release) error {
	unasked := *s.problem
	unasked.Sensitive = append([]table.Secret{}, s.problem.Sensitive...)
	forced := false
	for i := range unasked.Sensitive {
		secret := &unasked.Sensitive[i]
		forced = forced || secret.L.Kind != "" || secret.T.Kind != ""
		secret.L, secret.T = table.Diversity{}, table.Closeness{}
	}
	unforced := r
	if forced {
		var err error
		if unforced, err = s.make(ctx, &unasked, "making a release for k alone"); err != nil {
			return err
		}
	}
	s.found = append(s.found, attack.Minimality(r, unforced, s.limits)...)
	return nil
}

// againstOthers tries what only counts if it works worse on people who aren't in a release.
func (s *siege) againstOthers(ctx context.Context, r *attack.Release) error {
	var others *table.Table
	var err error
	if s.control != "" {
		others, err = s.read(s.control, nil)
	} else {
		members, rest := attack.Halves(s.problem)
		others = rest.Table
		if r, err = s.make(ctx, members, "making a release of half the rows"); err != nil {
			err = fmt.Errorf("half of the rows can't be released as the study asks, so give a -control: %w", err)
		}
	}
	if err != nil {
		return err
	}
	people, err := r.Others(others)
	if err != nil {
		return in(s.control, err)
	}
	s.found = append(s.found, attack.Inference(r, people, s.limits)...)
	s.found = append(s.found, attack.Membership(r, people, s.limits), attack.SinglingOut(r, people, s.limits), attack.Linkability(r, people, s.limits))
	return nil
}

// tell prints the findings, and writes them.
func (s *siege) tell(p program) error {
	through := 0
	for i := range s.found {
		f := &s.found[i]
		said, bound := "held off", "at most"
		if f.Least {
			bound = "at least"
		}
		if !f.Held() {
			said = "CAME THROUGH"
			through++
		}
		name := f.Attack
		if f.Column != "" {
			name += " (" + f.Column + ")"
		}
		p.say("%-12s  %s: %.4g, and %s %.4g is well\n              %s", said, name, f.Measured, bound, f.Limit, f.Meaning)
	}
	if s.report != "" {
		err := s.files.write(s.report, func(w io.Writer) error {
			encoder := json.NewEncoder(w)
			encoder.SetIndent("", "  ")
			return encoder.Encode(map[string]any{"findings": s.found, "came_through": through})
		})
		if err == nil {
			err = s.files.finish()
		}
		if err != nil {
			return err
		}
	}
	if through > 0 {
		return fmt.Errorf("%d of %d attacks came through", through, len(s.found))
	}
	return nil
}
