package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// shelving writes files beside where they belong, and puts them there once all are whole. Until then, and if anything
// fails, what stood there stays; only their owner may read them.
type shelving struct {
	sources []string // files that are read and so must not be replaced
	waiting []pending
}

// pending is a file that is written and not yet in its place.
type pending struct{ beside, path string }

// place tells whether a file may be put there. It may be asked before long work is begun.
func (s *shelving) place(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return badInput{fmt.Errorf("%s is no file that could be replaced", path)}
	case err != nil:
		info, err = os.Stat(filepath.Dir(path))
		if err != nil || !info.IsDir() {
			return badInput{fmt.Errorf("%s: there is no such folder", filepath.Dir(path))}
		}
		return nil
	}
	for _, source := range s.sources {
		if read, err := os.Stat(source); err == nil && os.SameFile(read, info) {
			return badInput{fmt.Errorf("%s would be replaced, and it is read from", path)}
		}
	}
	return nil
}

// write writes a file beside its place.
func (s *shelving) write(path string, content func(io.Writer) error) error {
	if err := s.place(path); err != nil {
		return err
	}
	if slices.ContainsFunc(s.waiting, func(w pending) bool { return filepath.Clean(w.path) == filepath.Clean(path) }) {
		return badInput{fmt.Errorf("%s can't hold two things", path)}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return badInput{fmt.Errorf("%s can't be written", path)}
	}
	s.waiting = append(s.waiting, pending{f.Name(), path})
	if err := errors.Join(content(f), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// finish puts every file in its place, the first that was written last.
func (s *shelving) finish() error {
	for len(s.waiting) > 0 {
		last := s.waiting[len(s.waiting)-1]
		if err := os.Rename(last.beside, last.path); err != nil {
			return fmt.Errorf("%s can't be put in its place", last.path)
		}
		s.waiting = s.waiting[:len(s.waiting)-1]
		if err := syncFolder(filepath.Dir(last.path)); err != nil {
			return fmt.Errorf("%s may not outlive a power cut: %w", last.path, err)
		}
	}
	return nil
}

// abandon takes away what is not in its place. After finish it does nothing.
func (s *shelving) abandon() error {
	var failed error
	for _, w := range s.waiting {
		failed = errors.Join(failed, os.Remove(w.beside))
	}
	s.waiting = nil
	return failed
}

func syncFolder(path string) error {
	folder, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
