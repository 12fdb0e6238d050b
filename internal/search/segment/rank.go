package segment

import (
	"time"

	"github.com/google/uuid"
)

// Filter says which posts count. Its zero value lets all of them through.
type Filter struct {
	Author        uuid.UUID // only hers
	After, Before time.Time // written on or after, and before, the day
	OpeningOnly   bool      // only posts that open a topic
	RepliesOnly   bool      // only others
}

// Hit is a post that answers a query. The score says how well, compared with others of the same Ranked alone.
type Hit struct {
	Facts
	Score float64
}

// Ranked are hits, the best first. It takes memory for all of them, and work only for those that are asked for.
type Ranked struct{}

// Rank puts in order what was found in all segments of a community and in the posts that are in none. Words are rare or
// common, and posts long or short, among everything that was found in, whatever the filter. Of two posts that answer
// equally well the newer is first, by day and then by identifier.
func Rank(found []*Found, keep Filter, today time.Time) *Ranked { return &Ranked{} }

// Next returns the best hit that is left.
func (r *Ranked) Next() (hit Hit, more bool) { return Hit{}, false }
