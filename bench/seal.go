package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/hamyar/hamyar/internal/sealed"
)

// An act is something small that is done over and over, on one core.
type act func() error

// enough acts to outlast the clock's grain; a turn ends after that many.
const enoughActs = 500

// repeat takes turns at acts for the measured time of every round and returns what each took, the median over the turns.
// Turns are short and follow each other at once, so that what disturbs the machine disturbs all of them.
func repeat(ctx context.Context, p plan, acts map[string]act) (map[string]time.Duration, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // collecting garbage is part of the work
	names, took := slices.Sorted(maps.Keys(acts)), map[string][]float64{}
	warmed := time.Now().Add(p.warm)
	end := warmed.Add(time.Duration(p.rounds) * p.measured)
	for (time.Now().Before(end) || len(took) < len(names)) && ctx.Err() == nil { // until each had its turn, however slow the machine
		for _, name := range names {
			begun := time.Now()
			for range enoughActs {
				if err := acts[name](); err != nil {
					return nil, fmt.Errorf("%s: %w", name, err)
				}
			}
			if begun.After(warmed) {
				took[name] = append(took[name], float64(time.Since(begun))/enoughActs)
			}
		}
	}
	medians := map[string]time.Duration{}
	for _, name := range names {
		if len(took[name]) == 0 {
			return nil, ctx.Err()
		}
		medians[name] = time.Duration(middle(took[name]))
	}
	return medians, nil
}

// A specimen is a field of 1 KiB, as long as most posts are, sealed in both ways.
type specimen struct {
	place        sealed.Place
	text         []byte
	old, renewed *sealed.Ring // of one owner, before and after a new generation
	box          []byte       // under the old
}

func newSpecimen() (s specimen, err error) {
	s.text = bytes.Repeat([]byte("0123456789abcdef"), 64)
	s.place = sealed.Place{Table: "post", Column: "body", Row: uuid.New(), Persona: uuid.New(), Community: uuid.New(), Version: 1}
	var secrets [2][32]byte
	for i := range secrets {
		if _, err := rand.Read(secrets[i][:]); err != nil {
			return s, err
		}
	}
	deployment := uuid.New()
	if s.old, err = sealed.NewRing(deployment, sealed.XChaCha20Poly1305, map[uint16][32]byte{1: secrets[0]}); err != nil {
		return s, err
	}
	if s.renewed, err = sealed.NewRing(deployment, sealed.XChaCha20Poly1305, map[uint16][32]byte{1: secrets[0], 2: secrets[1]}); err != nil {
		return s, err
	}
	s.box, err = s.old.Seal(s.place, s.text)
	return s, err
}

func (s specimen) seal() error {
	_, err := s.old.Seal(s.place, s.text)
	return err
}

func (s specimen) open() error { return s.opened(s.old.Open(s.place, s.box)) }

// reseal is what becomes of a field when its owner's key is renewed.
func (s specimen) reseal() error {
	text, err := s.renewed.Open(s.place, s.box)
	if err := s.opened(text, err); err != nil {
		return err
	}
	later := s.place
	later.Version++
	_, err = s.renewed.Seal(later, text)
	return err
}

var errWrongText = errors.New("what was opened is not what was sealed")

func (s specimen) opened(text []byte, err error) error {
	if err == nil && !bytes.Equal(text, s.text) {
		err = errWrongText
	}
	return err
}

// bareAEAD is the yardstick of sealing: the same cipher under one key for everything, with the row's id as associated
// data. It commits to no key, pads nothing and derives nothing.
func (s specimen) bareAEAD() (seal, open act, err error) {
	key := make([]byte, chacha20poly1305.KeySize)
	if _, err := rand.Read(key); err != nil {
		return nil, nil, err
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, nil, err
	}
	const nonceSize = chacha20poly1305.NonceSizeX
	box := make([]byte, nonceSize)
	if _, err := rand.Read(box); err != nil {
		return nil, nil, err
	}
	box = aead.Seal(box, box, s.text, s.place.Row[:])
	seal = func() error {
		fresh := make([]byte, nonceSize, nonceSize+len(s.text)+chacha20poly1305.Overhead)
		if _, err := rand.Read(fresh); err != nil {
			return err
		}
		aead.Seal(fresh, fresh, s.text, s.place.Row[:])
		return nil
	}
	open = func() error { return s.opened(aead.Open(nil, box[:nonceSize], box[nonceSize:], s.place.Row[:])) }
	return seal, open, nil
}

// sealing compares envelopes with a bare cipher.
func sealing(ctx context.Context, p plan, out, _ io.Writer) error {
	s, err := newSpecimen()
	if err != nil {
		return err
	}
	seal, open, err := s.bareAEAD()
	if err != nil {
		return err
	}
	took, err := repeat(ctx, p, map[string]act{"seal": s.seal, "open": s.open, "yardstick_seal": seal, "yardstick_open": open})
	if err != nil {
		return err
	}
	for _, name := range []string{"seal", "open", "yardstick_seal", "yardstick_open"} {
		fmt.Fprintf(out, "%s_us %.3f us\n", name, float64(took[name])/float64(time.Microsecond))
	}
	for _, name := range []string{"seal", "open"} {
		fmt.Fprintf(out, "%s_ratio %.3f ratio\n", name, float64(took["yardstick_"+name])/float64(took[name]))
	}
	return nil
}

// resealing tells how many fields one core opens under the old generation and seals under the new.
func resealing(ctx context.Context, p plan, out, _ io.Writer) error {
	s, err := newSpecimen()
	if err != nil {
		return err
	}
	took, err := repeat(ctx, p, map[string]act{"reseal": s.reseal})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "reseal_fields_per_s %.0f fields/s\n", float64(time.Second)/float64(took["reseal"]))
	return nil
}
