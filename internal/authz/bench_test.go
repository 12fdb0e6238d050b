package authz

import (
	"context"
	"testing"
)

var member = Facts{Action: PostCreate, SignedIn: true, AAL: 1, Purpose: "support", CommunityVisibility: "members", JoinPolicy: "open",
	Sensitivity: 2, MemberState: "active", MemberRole: "member", TopicStatus: "published"}

func BenchmarkDecideHit(b *testing.B) {
	e, err := New(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if d, err := e.Decide(context.Background(), member); err != nil || !d.Allow {
			b.Fatal(d, err)
		}
	}
}

func BenchmarkDecideMiss(b *testing.B) {
	e, err := New(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	p := e.program.Load()
	visitor := member
	visitor.MemberState = "none"
	read := member
	read.Action, read.Status = TopicRead, "published"
	for name, facts := range map[string]Facts{"allow": member, "deny": visitor, "read": read} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.judge(context.Background(), facts.input()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
