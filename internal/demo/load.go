package demo

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed world
var world embed.FS

// Load reads the whole world. A fault names the file and, where there is one, the line.
func Load() (World, error) {
	files, err := fs.Sub(world, "world")
	if err != nil {
		return World{}, err
	}
	return load(files)
}

func load(files fs.FS) (World, error) {
	var w World
	if err := readJSON(files, "programmes.json", &w.Programmes); err != nil {
		return World{}, err
	}
	if err := w.readMembers(files); err != nil {
		return World{}, err
	}
	cards, err := fs.Glob(files, "*/community.json")
	if err != nil {
		return World{}, err
	}
	for _, card := range cards {
		if err := w.readCommunity(files, path.Dir(card)); err != nil {
			return World{}, err
		}
	}
	if err := w.check(); err != nil {
		return World{}, err
	}
	return w, nil
}

func (w *World) readMembers(files fs.FS) error {
	var cast struct {
		About   string   `json:"about"` // for whoever reads the file
		Members []Member `json:"members"`
	}
	if err := readJSON(files, "members.json", &cast); err != nil {
		return err
	}
	w.Members = cast.Members
	for m := range w.Members {
		for p := range w.Members[m].Personas {
			if persona := &w.Members[m].Personas[p]; persona.Role == "" {
				persona.Role = "member"
			}
		}
	}
	return nil
}

// readCommunity reads one folder: community.json, rules.md, and a numbered Markdown file per topic.
func (w *World) readCommunity(files fs.FS, folder string) error {
	var c Community
	if err := readJSON(files, folder+"/community.json", &c); err != nil {
		return err
	}
	if c.Key != folder {
		return fmt.Errorf("%s/community.json: the key %q is not the folder's name", folder, c.Key)
	}
	rules, err := fs.ReadFile(files, folder+"/rules.md")
	if err != nil {
		return err
	}
	c.Rules = strings.TrimSpace(string(rules))
	w.Communities = append(w.Communities, c)
	topics, err := readTopics(files, folder, w.joined(folder))
	w.Topics = append(w.Topics, topics...)
	return err
}

// joined are the keys of the members who have a persona in the community.
func (w *World) joined(community string) map[string]bool {
	keys := map[string]bool{}
	for _, m := range w.Members {
		for _, p := range m.Personas {
			if p.CommunityKey == community {
				keys[m.Key] = true
			}
		}
	}
	return keys
}

func readTopics(files fs.FS, folder string, joined map[string]bool) ([]Topic, error) {
	names, err := fs.Glob(files, folder+"/[0-9]*.md")
	if err != nil {
		return nil, err
	}
	var topics []Topic
	for _, name := range names {
		source, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		topic, err := parseTopic(name, string(source), joined)
		if err != nil {
			return nil, err
		}
		topic.CommunityKey = folder
		topics = append(topics, topic)
	}
	slices.SortStableFunc(topics, func(a, b Topic) int { return a.At.compare(b.At) })
	return topics, nil
}

// readJSON refuses unknown fields and anything after the value.
func readJSON(files fs.FS, name string, into any) error {
	source, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(source))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(into)
	if err == nil && decoder.More() {
		err = errors.New("text after the end")
	}
	if err != nil {
		return fmt.Errorf("%s:%d: %w", name, lineOf(source, decoder.InputOffset(), err), err)
	}
	return nil
}

func lineOf(source []byte, offset int64, err error) int {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = syntax.Offset
	} else if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = wrong.Offset
	}
	return 1 + bytes.Count(source[:min(int(offset), len(source))], []byte("\n"))
}
