package api

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
)

func (a *api) auditRoutes() {
	const base = "/v1/audit"
	handle(a, operation{
		id: "read-audit-checkpoint", method: http.MethodGet, path: base + "/checkpoint", tag: "audit", public: true, text: true, codes: []fault.Code{fault.NotFound},
		actions: []string{authz.AuditReadProof},
		summary: "What the log is now, signed", about: "A signed note with the log's name, its size and its root, and the cosignatures of witnesses (C2SP tlog-checkpoint).",
	}, a.readCheckpoint)
	handle(a, operation{
		id: "read-audit-key", method: http.MethodGet, path: base + "/key", tag: "audit", public: true, text: true,
		actions: []string{authz.AuditReadProof},
		summary: "The key that the log is signed with", about: "Take it from here once and keep it; whoever rewrites the log could show another.",
	}, a.readAuditKey)
	handle(a, operation{
		id: "prove-audit-inclusion", method: http.MethodGet, path: base + "/proofs/inclusion", tag: "audit", public: true,
		actions: []string{authz.AuditReadProof},
		summary: "Proof that the log holds a leaf",
	}, a.proveInclusion)
	handle(a, operation{
		id: "prove-audit-consistency", method: http.MethodGet, path: base + "/proofs/consistency", tag: "audit", public: true,
		actions: []string{authz.AuditReadProof},
		summary: "Proof that the log only grew between two sizes",
	}, a.proveConsistency)
	handle(a, operation{
		id: "list-audit-leaves", method: http.MethodGet, path: base + "/leaves", tag: "audit", public: true,
		actions: []string{authz.AuditReadProof},
		summary: "Leaves of the log", about: "Salted hashes: they tell nothing of what was recorded.",
	}, a.listLeaves)
}

const plainText = "text/plain; charset=utf-8"

// textOut is an answer that is no JSON.
type textOut struct{ Body func(huma.Context) }

func asText(text string, err error) (*textOut, error) {
	if err != nil {
		return nil, err
	}
	return &textOut{func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", plainText)
		_, _ = ctx.BodyWriter().Write([]byte(text)) // the client is gone, and so is the need
	}}, nil
}

// provenOut is an answer about the log.
type provenOut[T any] struct{ Body T }

// auditor is what policy may know of who checks the log.
func (a *api) auditor(by member.Actor) authz.Facts {
	return by.Facts(authz.AuditReadProof, "none", uuid.Nil, a.Clock())
}

func (a *api) readCheckpoint(ctx context.Context, by member.Actor, _ *struct{}) (*textOut, error) {
	note, err := a.Book.Checkpoint(ctx, a.auditor(by))
	return asText(note, err)
}

func (a *api) readAuditKey(ctx context.Context, by member.Actor, _ *struct{}) (*textOut, error) {
	key, err := a.Book.Key(ctx, a.auditor(by))
	return asText(key+"\n", err)
}

// hash is 32 bytes in base64.
type hash = string

func viewHashes[H fmt.Stringer](all []H) []hash {
	views := make([]hash, 0, len(all))
	for _, h := range all {
		views = append(views, h.String())
	}
	return views
}

type inclusionView struct {
	Leaf  int64  `json:"leaf" doc:"number of the leaf, from 0" example:"17"`
	Size  int64  `json:"size" doc:"leaves of the log that the proof is about" example:"42"`
	Hash  hash   `json:"hash" doc:"the leaf" example:"hdbxJmWBf0QY3sS9dVQ0Wn7Ukn5mPJ3vY0B4qY8zv7k="`
	Proof []hash `json:"proof" doc:"hashes that lead from the leaf to the root (RFC 6962)" example:"[\"hdbxJmWBf0QY3sS9dVQ0Wn7Ukn5mPJ3vY0B4qY8zv7k=\"]"`
}

func (a *api) proveInclusion(ctx context.Context, by member.Actor, in *struct {
	Leaf int64 `query:"leaf" required:"true" minimum:"0" doc:"number of the leaf, from 0" example:"17"`
	Size int64 `query:"size" required:"true" minimum:"1" doc:"leaves of the log that the proof is about" example:"42"`
},
) (*provenOut[inclusionView], error) {
	proof, leaf, err := a.Book.Inclusion(ctx, a.auditor(by), in.Leaf, in.Size)
	if err != nil {
		return nil, err
	}
	return &provenOut[inclusionView]{Body: inclusionView{
		Leaf: proof.Index, Size: proof.Size, Hash: base64.StdEncoding.EncodeToString(leaf[:]), Proof: viewHashes(proof.Hashes),
	}}, nil
}

type consistencyView struct {
	From  int64  `json:"from" doc:"the earlier size" example:"17"`
	To    int64  `json:"to" doc:"the later size" example:"42"`
	Proof []hash `json:"proof" doc:"hashes that lead from the earlier root to the later (RFC 6962)" example:"[\"hdbxJmWBf0QY3sS9dVQ0Wn7Ukn5mPJ3vY0B4qY8zv7k=\"]"`
}

func (a *api) proveConsistency(ctx context.Context, by member.Actor, in *struct {
	From int64 `query:"from" required:"true" minimum:"0" doc:"the earlier size" example:"17"`
	To   int64 `query:"to" required:"true" minimum:"0" doc:"the later size" example:"42"`
},
) (*provenOut[consistencyView], error) {
	proof, err := a.Book.Consistency(ctx, a.auditor(by), in.From, in.To)
	if err != nil {
		return nil, err
	}
	return &provenOut[consistencyView]{Body: consistencyView{From: proof.From, To: proof.To, Proof: viewHashes(proof.Hashes)}}, nil
}

type leavesView struct {
	From   int64  `json:"from" doc:"number of the first leaf here" example:"0"`
	Size   int64  `json:"size" doc:"leaves of the log when it was signed last" example:"42"`
	Leaves []hash `json:"leaves" doc:"in their order" example:"[\"hdbxJmWBf0QY3sS9dVQ0Wn7Ukn5mPJ3vY0B4qY8zv7k=\"]"`
}

func (a *api) listLeaves(ctx context.Context, by member.Actor, in *struct {
	From  int64 `query:"from" minimum:"0" default:"0" doc:"number of the first leaf wanted"`
	Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"how many items"`
},
) (*provenOut[leavesView], error) {
	leaves, size, err := a.Book.Leaves(ctx, a.auditor(by), in.From, in.Limit)
	if err != nil {
		return nil, err
	}
	view := leavesView{From: in.From, Size: size, Leaves: make([]hash, 0, len(leaves))}
	for _, leaf := range leaves {
		view.Leaves = append(view.Leaves, base64.StdEncoding.EncodeToString(leaf[:]))
	}
	return &provenOut[leavesView]{Body: view}, nil
}
