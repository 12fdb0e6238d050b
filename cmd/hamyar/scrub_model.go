package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"github.com/hamyar/hamyar/internal/deid/scrub"
)

// modelProgram is a model that an operator brings: a program that is asked {"lang", "text"} and answers {"spans"}, a line
// each. It runs as long as there are texts. Whatever it answers that isn't that ends the work.
type modelProgram struct {
	command *exec.Cmd
	ask     io.WriteCloser
	answers *bufio.Reader
}

func startModel(ctx context.Context, path string, errOut io.Writer) (*modelProgram, error) {
	command := exec.CommandContext(ctx, path)
	command.Stderr = errOut
	ask, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	answers, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("the model %s can't be started", path)
	}
	return &modelProgram{command, ask, bufio.NewReaderSize(answers, 1<<16)}, nil
}

// Find asks about one text.
func (m *modelProgram) Find(_ context.Context, lang, text string) ([]scrub.Span, error) {
	question, err := json.Marshal(map[string]string{"lang": lang, "text": text})
	if err != nil {
		return nil, err
	}
	if _, err := m.ask.Write(append(question, '\n')); err != nil {
		return nil, errors.New("it ended before the last text")
	}
	line, last, err := readLine(m.answers)
	if err != nil {
		return nil, err
	}
	if last && len(line) == 0 {
		return nil, errors.New("it ended before the last text")
	}
	var answer struct {
		Spans *[]scrub.Span `json:"spans"`
	}
	if json.Unmarshal(line, &answer) != nil || answer.Spans == nil {
		return nil, errors.New(`it answered something else than {"spans": […]}`)
	}
	return *answer.Spans, nil
}

// end tells the program that there are no more texts, and waits for it.
func (m *modelProgram) end() error {
	closed := m.ask.Close()
	if err := m.command.Wait(); err != nil {
		return errors.New("the model ended with an error")
	}
	return closed
}
