package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"

	"github.com/google/uuid"
)

const eraseUsage = `-forever WHAT
forgets for good, and leaves a tombstone in HAMYAR_TOMBSTONES so that no backup brings it back:
  member USERNAME                  a person: every persona, their record, the account with which they sign in
  persona PERSONA                  who somebody is in one community, with everything that they wrote there
  topic COMMUNITY TOPIC            a title and its opening; all of the topic where nobody else wrote in it
  post COMMUNITY POST              a post, or with -version what it was up to that version of its sealed words
Nobody can take it back. It can be repeated, which finishes what a crash left. Older backups of the keys database hold its
key for as long as you keep them, or until the KMS forgets the key of that time: see hamyar keys rollover.`

var errEraseWords = errors.New("hamyar keys erase -forever member USERNAME | persona PERSONA | topic COMMUNITY TOPIC | post COMMUNITY POST")

// keysErase forgets.
func (p program) keysErase(ctx context.Context, args []string) error {
	var forever bool
	var version int
	flags, err := p.keyFlags("erase", eraseUsage, args, func(f *flag.FlagSet) {
		f.BoolVar(&forever, "forever", false, "yes, for good; nothing is erased without it")
		f.IntVar(&version, "version", math.MaxInt32, "of a post, only what it was up to this version of its sealed words")
	})
	if err != nil {
		return said(err)
	}
	what, names := flags.Arg(0), flags.Args()
	if want := map[string]int{"member": 2, "persona": 2, "topic": 3, "post": 3}[what]; want == 0 || len(names) != want {
		return errEraseWords
	}
	if version < 1 || version > math.MaxInt32 {
		return errors.New("versions count from 1")
	}
	if !forever {
		return fmt.Errorf("nothing was erased: say -forever, and this %s is gone for good", what)
	}
	s, err := p.workshop(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.erase(ctx, what, names[1:], int32(version)); err != nil {
		return err
	}
	if err := s.index.Settle(ctx); err != nil {
		return err
	}
	p.say("erased, on every instance within seconds. End the epoch soon: hamyar keys rollover")
	return nil
}

func (s *server) erase(ctx context.Context, what string, names []string, version int32) error {
	if what == "member" {
		who, err := s.account(ctx, names[0])
		if err != nil {
			return err
		}
		return s.erasure.Member(ctx, who)
	}
	var ids []uuid.UUID
	for _, name := range names {
		id, err := uuid.Parse(name)
		if err != nil {
			return errNotID
		}
		ids = append(ids, id)
	}
	switch what {
	case "persona":
		return s.erasure.Persona(ctx, ids[0])
	case "topic":
		return s.erasure.Topic(ctx, ids[0], ids[1])
	default:
		return s.erasure.Version(ctx, ids[0], ids[1], version)
	}
}

// account finds whose a username is, or takes the id of an account: after a crash the username may be gone already.
func (s *server) account(ctx context.Context, name string) (uuid.UUID, error) {
	who, found, err := s.kratos.IdentityByIdentifier(ctx, name)
	if err != nil || found {
		return who, err
	}
	if id, err := uuid.Parse(name); err == nil {
		return id, nil
	}
	return uuid.Nil, errors.New("nobody has this username")
}
