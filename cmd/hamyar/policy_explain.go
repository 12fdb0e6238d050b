package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/hamyar/hamyar/internal/authz"
)

const explainUsage = `[-language fa] [-bundle DIR|FILE] fact=value …
tells how policy answers these facts, and by which rules: what gave the reasons, what outweighs a grant, and what the nearest
grants lack. Facts that aren't named are at their most careful; hamyar policy schema lists them. The facts of a line of the
decision log can be given as they stand there, with -facts.`

// policyExplain tells an operator why policy answers as it does.
func (p program) policyExplain(ctx context.Context, args []string) error {
	var language, from, additions, key string
	flags, err := p.policyFlags("explain", explainUsage, args, &additions, &key, func(f *flag.FlagSet) {
		f.StringVar(&language, "language", "en", "of what people are told: en or fa")
		f.StringVar(&from, "facts", "", "file with facts as a JSON object; - for what is typed")
	})
	if err != nil {
		return said(err)
	}
	if language != "en" && language != "fa" {
		return errors.New("-language is en or fa")
	}
	facts, err := factsFrom(from, flags.Args())
	if err != nil {
		return err
	}
	engine, err := engineWith(ctx, additions, key)
	if err != nil {
		return err
	}
	x, err := engine.Explain(ctx, facts)
	if err != nil {
		return errors.Join(errors.New("these facts can't be judged"), err)
	}
	p.answer(x, language)
	return nil
}

// factsFrom reads facts from a file, and those on the command line over them.
func factsFrom(file string, pairs []string) (authz.Facts, error) {
	named := map[string]string{}
	if file != "" {
		if err := readFacts(file, named); err != nil {
			return authz.Facts{}, err
		}
	}
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return authz.Facts{}, fmt.Errorf("%q is not fact=value", pair)
		}
		named[name] = value
	}
	if named["action"] == "" {
		return authz.Facts{}, errors.New("action= says what is asked for; hamyar policy schema lists the actions")
	}
	return authz.ParseFacts(named)
}

func readFacts(file string, into map[string]string) error {
	text, err := readAll(file)
	if err != nil {
		return fmt.Errorf("%s can't be read", file)
	}
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		return fmt.Errorf("%s is no JSON object of facts", file)
	}
	for name, value := range object {
		into[name] = fmt.Sprint(value)
	}
	return nil
}

func readAll(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(filepath.Clean(file))
}

// answer writes an explanation down.
func (p program) answer(x authz.Explanation, language string) {
	if x.Decision.Allow {
		p.say("%s", x.Decision.Brief())
	} else {
		first := x.Decision.Reasons[0].In(language)
		p.say("no: %s\n    %s. %s", x.Decision.Reasons[0], first.Title, first.Detail)
	}
	if x.Decision.Conceal {
		p.say("    It is answered as if there were nothing, and ?explain=1 says no more.")
	}
	p.grounds("because of", x.Because, language)
	p.grounds("denied by", x.Denials, language)
	p.grounds("granted by", x.Held, language)
	if !x.Decision.Allow {
		p.grounds("not granted by, the nearest first", x.Nearest, language)
	}
}

func (p program) grounds(title string, grounds []authz.Ground, language string) {
	if len(grounds) > 0 {
		p.say("\n%s", title)
	}
	for _, g := range grounds {
		name := g.Feature.In(language)
		if title := g.Title.In(language); title != "" {
			name += ": " + title
		}
		p.say("  %s", strings.TrimSpace(fmt.Sprintf("%-22s %-28s %s:%d  (%s)", g.Reason, g.Rule, g.File, g.Line, name)))
		if text := g.Says.In(language); text != "" {
			p.say("      says  %s", text)
		}
		for _, lack := range g.Lacks {
			p.say("      lacks %s  (%s)", strings.Join(strings.Fields(lack.Condition), " "), strings.Join(lack.Facts, ", "))
		}
	}
}
