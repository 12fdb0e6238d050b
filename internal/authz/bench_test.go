package authz

import (
	"context"
	"testing"
)

var (
	postsHere = Facts{
		Action: PostCreate, SignedIn: true, AAL: 1, Purpose: "support", CommunityVisibility: "members",
		JoinPolicy: "open", Sensitivity: 2, MemberState: "active", MemberRole: "member", TopicStatus: "published",
	}
	readsHere = Facts{
		Action: TopicRead, SignedIn: true, AAL: 1, Purpose: "support", CommunityVisibility: "members",
		JoinPolicy: "open", Sensitivity: 2, MemberState: "active", MemberRole: "member", Status: "published",
	}
)

func BenchmarkDecide(b *testing.B) {
	visitor := postsHere
	visitor.MemberState, visitor.MemberRole = "none", "none"
	e := engineOf(load(b))
	for _, asked := range []struct {
		name  string
		facts Facts
		allow bool
	}{{"post", postsHere, true}, {"read", readsHere, true}, {"refused", visitor, false}} {
		b.Run(asked.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if d, err := e.Decide(context.Background(), asked.facts); err != nil || d.Allow != asked.allow {
					b.Fatal(d, err)
				}
			}
		})
	}
}

func BenchmarkDecideAsWritten(b *testing.B) {
	p := load(b)
	b.ReportAllocs()
	for b.Loop() {
		if d, err := p.judgeWritten(context.Background(), postsHere.input()); err != nil || !d.Allow {
			b.Fatal(d, err)
		}
	}
}

func BenchmarkFilterHit(b *testing.B) {
	e := engineOf(load(b))
	b.ReportAllocs()
	for b.Loop() {
		if f, err := e.Filter(context.Background(), readsHere, topicRows, 3); err != nil || f.Verdict != Some {
			b.Fatal(f, err)
		}
	}
}

func BenchmarkFilterMiss(b *testing.B) {
	p := load(b)
	b.ReportAllocs()
	for b.Loop() {
		asked, err := readsHere.list(topicRows, 3)
		if err != nil {
			b.Fatal(err)
		}
		if f, err := p.filter(asked, topicRows, 3); err != nil || f.Verdict != Some {
			b.Fatal(f, err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := New(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
