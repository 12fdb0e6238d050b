package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// adultFolder has the Adult census table with its hierarchies, beside the repository.
const adultFolder = "../shared/data/adult"

// manyRows is as many as a large country's registry of one disease.
const manyRows = 1_000_000

// adultOptimum is the Loss of Adult at k=5 and 4 %, as published; another one would be a figure of something else.
const adultOptimum = 0.266110819

// anonymising tells how long `hamyar deid` takes on one core from the command to the files it leaves, and its peak memory:
// the Adult table with global and local coding, and a million rows like it.
func anonymising(ctx context.Context, p plan, out, progress io.Writer) (err error) {
	if _, err := os.Stat(filepath.Join(adultFolder, "adult.csv")); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(progress, "bench: deid is left out: there is no %s\n", adultFolder)
		return nil
	}
	folder, err := os.MkdirTemp("", "hamyar-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	program, err := build(ctx, folder)
	if err != nil {
		return err
	}
	adult, err := filepath.Abs(filepath.Join(adultFolder, "adult.csv"))
	if err != nil {
		return err
	}
	d := &deidentification{program: program, folder: folder, rounds: p.rounds}
	global, err := d.run(ctx, adult, "{k: 5, suppression_limit: 0.04}", table.Global)
	if err != nil {
		return err
	}
	if apart := global.score - adultOptimum; apart > 1e-9 || apart < -1e-9 {
		return fmt.Errorf("Adult at k=5 and 4 %% has a Loss of %.9f, which isn't %.9f", global.score, adultOptimum)
	}
	tellDeid(out, "deid_adult_k5_4pct", global, time.Millisecond, "ms")
	local, err := d.run(ctx, adult, "{k: 5}", table.Local)
	if err != nil {
		return err
	}
	tellDeid(out, "deid_adult_local", local, time.Millisecond, "ms")
	fmt.Fprintf(progress, "bench: writing %d rows to be anonymised\n", manyRows)
	many, err := d.multiply(adult)
	if err != nil {
		return err
	}
	d.rounds = 1
	million, err := d.run(ctx, many, "{k: 11, suppression_limit: 0.05}", table.Global)
	if err != nil {
		return err
	}
	tellDeid(out, "deid_1m_rows", million, time.Second, "s")
	return nil
}

func tellDeid(out io.Writer, name string, f deidFigure, unit time.Duration, written string) {
	fmt.Fprintf(out, "%s_%s %.1f %[2]s\n", name, written, float64(f.took)/float64(unit))
	fmt.Fprintf(out, "%s_cpu_%s %.1f %[2]s\n", name, written, float64(f.cpu)/float64(unit)) // what it takes where nobody else works
	fmt.Fprintf(out, "%s_memory_mb %.0f MB\n", name, f.peak)
}

type deidentification struct {
	program, folder string
	rounds          int
}

type deidFigure struct {
	took  time.Duration // the median
	cpu   time.Duration // of one run
	peak  float64       // of resident memory, in MB
	score float64
}

// run anonymises a table as often as there are rounds, on one core.
func (d *deidentification) run(ctx context.Context, input, goal string, coding table.Coding) (f deidFigure, err error) {
	study, output, report := filepath.Join(d.folder, "study.yaml"), filepath.Join(d.folder, "out.csv"), filepath.Join(d.folder, "report.json")
	if err := writeStudy(study, goal, coding); err != nil {
		return f, err
	}
	var took []float64
	for range d.rounds {
		command := exec.CommandContext(ctx, d.program, "deid", "-input", input, "-config", study, "-output", output, "-report", report)
		command.Env = append(os.Environ(), "GOMAXPROCS=1")
		begun := time.Now()
		if said, err := command.CombinedOutput(); err != nil {
			return f, fmt.Errorf("hamyar deid: %w: %s", err, said)
		}
		took = append(took, float64(time.Since(begun)))
		f.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
		if used, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
			f.peak = max(f.peak, float64(used.Maxrss)/1024) // Linux counts kilobytes
		}
	}
	f.took = time.Duration(middle(took))
	written, err := os.ReadFile(report)
	if err != nil {
		return f, err
	}
	var figures struct{ Score float64 }
	err = json.Unmarshal(written, &figures)
	f.score = figures.Score
	return f, err
}

func writeStudy(path, goal string, coding table.Coding) error {
	var study strings.Builder
	fmt.Fprintf(&study, "input: {delimiter: \";\"}\ncoding: %s\nprivacy: %s\ncolumns:\n", coding, goal)
	for _, name := range []string{"sex", "age", "race", "marital-status", "education", "native-country", "workclass", "occupation", "salary-class"} {
		file, err := filepath.Abs(filepath.Join(adultFolder, "adult_hierarchy_"+name+".csv"))
		if err != nil {
			return err
		}
		fmt.Fprintf(&study, "  %s: {role: quasi, hierarchy: %q}\n", name, file)
	}
	return os.WriteFile(path, []byte(study.String()), 0o600)
}

// multiply writes many rows, each one of a table with some of its cells from another, and the same ones in every run.
func (d *deidentification) multiply(path string) (many string, err error) {
	options := table.Options{Delimiter: ';'}
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return "", err
	}
	one, err := table.Read(file, options, nil)
	if err := errors.Join(err, file.Close()); err != nil {
		return "", err
	}
	t := &table.Table{Columns: slices.Clone(one.Columns), Rows: manyRows}
	for i := range t.Columns {
		t.Columns[i].Codes = make([]uint32, manyRows)
	}
	drawn := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // rows for a benchmark, the same in every run
	for row := range manyRows {
		from := drawn.IntN(one.Rows)
		for i := range t.Columns {
			cell := from
			if drawn.IntN(10) == 0 {
				cell = drawn.IntN(one.Rows)
			}
			t.Columns[i].Codes[row] = one.Columns[i].Codes[cell]
		}
	}
	many = filepath.Join(d.folder, "many.csv")
	to, err := os.Create(filepath.Clean(many))
	if err != nil {
		return "", err
	}
	return many, errors.Join(table.Write(to, t, options, nil), to.Close())
}
