package api

import (
	"context"
	"time"
)

// beat is the step in which "not found" is answered, and "not with this key": longer than it takes to find out, too short to be noticed.
const beat = 5 * time.Millisecond

// onTheBeat waits until a whole number of beats has passed since the request came. To refuse what is hidden takes a
// little more work than to refuse what does not exist, and who asks often enough could measure that.
func onTheBeat(ctx context.Context) {
	wait := time.NewTimer(beat - took(ctx)%beat)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
	}
}
