package renewal

import (
	"context"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
)

const (
	ofCommunity = "community"
	ofProgramme = "programme"
)

func (r *run) communities(ctx context.Context) error {
	return r.renewShared(ctx, ofCommunity, r.directory.ResealShared)
}

func (r *run) programmes(ctx context.Context) error {
	return r.renewShared(ctx, ofProgramme, r.directory.ResealProgramme)
}

func (r *run) renewShared(ctx context.Context, kind string, reseal func(ctx context.Context, id uuid.UUID, below int32) error) error {
	var last uuid.UUID
	for {
		page, err := r.keys.SharedKeys(ctx, kind, last, keysAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		last = page[len(page)-1].Owner
		r.progress.more(len(page))
		for _, k := range page {
			if k.Oldest == k.Newest {
				if k.Newest, err = r.keys.RenewShared(ctx, kind, k.Owner); err != nil {
					return err
				}
			}
			r.shared[kind] = append(r.shared[kind], k)
			if err := reseal(ctx, k.Owner, k.Newest); err != nil {
				return err
			}
		}
	}
}

// finishShared seals cards once more, and hashes names under the new generation, when nobody hashes under the old one.
func (r *run) finishShared(ctx context.Context) error {
	for kind, all := range r.shared {
		for _, k := range all {
			if err := r.lastOfShared(ctx, kind, k); err != nil {
				return err
			}
			if err := r.keys.RetireShared(ctx, kind, k.Owner, k.Newest); err != nil {
				return err
			}
			r.progress.done(1)
		}
	}
	return nil
}

func (r *run) lastOfShared(ctx context.Context, kind string, k keystore.SharedKeys) error {
	switch kind {
	case ofProgramme:
		return r.directory.ResealProgramme(ctx, k.Owner, k.Newest)
	case ofCommunity:
		if err := r.directory.ResealShared(ctx, k.Owner, k.Newest); err != nil {
			return err
		}
		return r.directory.HashAnew(ctx, k.Owner, k.Newest)
	}
	return fault.Wrap(fault.Internal, errKinds)
}
