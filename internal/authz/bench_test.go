package authz

import (
	"context"
	"testing"
)

var (
	poster = Facts{
		Action: PostCreate, SignedIn: true, AAL: 1, Purpose: "support", CommunityVisibility: "members",
		JoinPolicy: "open", Sensitivity: 2, MemberState: "active", MemberRole: "member", TopicStatus: "published",
	}
	reader = Facts{
		Action: TopicRead, SignedIn: true, AAL: 1, Purpose: "support", CommunityVisibility: "members",
		JoinPolicy: "open", Sensitivity: 2, MemberState: "active", MemberRole: "member", Status: "published",
	}
)

func BenchmarkDecideHit(b *testing.B) {
	e := engineOf(load(b))
	b.ReportAllocs()
	for b.Loop() {
		if d, err := e.Decide(context.Background(), poster); err != nil || !d.Allow {
			b.Fatal(d, err)
		}
	}
}

func BenchmarkDecideMiss(b *testing.B) {
	visitor := poster
	visitor.MemberState, visitor.MemberRole = "none", "none"
	for _, asked := range []struct {
		name  string
		facts Facts
		allow bool
	}{{"post", poster, true}, {"read", reader, true}, {"refused", visitor, false}} {
		b.Run(asked.name, func(b *testing.B) {
			p := load(b)
			b.ReportAllocs()
			for b.Loop() {
				if d, err := p.judge(context.Background(), asked.facts.input()); err != nil || d.Allow != asked.allow {
					b.Fatal(d, err)
				}
			}
		})
	}
}

func BenchmarkFilterHit(b *testing.B) {
	e := engineOf(load(b))
	b.ReportAllocs()
	for b.Loop() {
		if f, err := e.Filter(context.Background(), reader, topicRows, 3); err != nil || f.Verdict != Some {
			b.Fatal(f, err)
		}
	}
}

func BenchmarkFilterMiss(b *testing.B) {
	p := load(b)
	b.ReportAllocs()
	for b.Loop() {
		if f, err := p.filter(context.Background(), reader, topicRows, 3); err != nil || f.Verdict != Some {
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
