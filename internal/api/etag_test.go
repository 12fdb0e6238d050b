package api_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
)

func TestETagsComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		version := rapid.Int32Min(1).Draw(t, "version")
		if got, err := api.VersionOf(api.ETagOf(version)); err != nil || got != version {
			t.Fatalf("%d came back as %d, %v", version, got, err)
		}
		versions := forum.TopicVersions{Topic: version, Opening: rapid.Int32Range(0, math.MaxInt32).Draw(t, "opening")}
		if got, err := api.TopicVersionsOf(api.TopicETag(versions)); err != nil || got != versions {
			t.Fatalf("%v came back as %v, %v", versions, got, err)
		}
	})
}

func TestETagsThatNeverMatch(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]fault.Code{
		"": fault.ETagRequired, "*": fault.ETagRequired,
		`1`: fault.ETagStale, `"1`: fault.ETagStale, `1"`: fault.ETagStale, `""`: fault.ETagStale, `"`: fault.ETagStale,
		`W/"1"`: fault.ETagStale, `"0"`: fault.ETagStale, `"-1"`: fault.ETagStale, `"+1"`: fault.ETagStale, `"01"`: fault.ETagStale,
		`" 1"`: fault.ETagStale, `"1_0"`: fault.ETagStale, `"۱"`: fault.ETagStale, `"2147483648"`: fault.ETagStale, `"1", "2"`: fault.ETagStale,
		`"1.1"`: fault.ETagStale,
	} {
		if got, err := api.VersionOf(tag); fault.CodeOf(err) != want || got != 0 {
			t.Errorf("%s is %d, %v, want %s", tag, got, err, want)
		}
	}
	for tag, want := range map[string]fault.Code{
		"": fault.ETagRequired, "*": fault.ETagRequired,
		`"1"`: fault.ETagStale, `"1."`: fault.ETagStale, `".1"`: fault.ETagStale, `"0.1"`: fault.ETagStale, `"1.-1"`: fault.ETagStale,
		`"1.01"`: fault.ETagStale, `"1.1.1"`: fault.ETagStale, `W/"1.1"`: fault.ETagStale,
	} {
		if got, err := api.TopicVersionsOf(tag); fault.CodeOf(err) != want || got != (forum.TopicVersions{}) {
			t.Errorf("%s is %v, %v, want %s", tag, got, err, want)
		}
	}
}
