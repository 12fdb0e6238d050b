package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestAChoreThatTakesLongRestsLonger(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ takes, rests time.Duration }{{time.Millisecond, 20 * time.Millisecond}, {time.Second, 20 * time.Second}, {time.Minute, longestRest}} {
		synctest.Test(t, func(t *testing.T) {
			done := 0
			chore := unhurried(func(context.Context) error { done++; <-time.After(c.takes); return nil })
			for _, step := range []struct {
				after time.Duration
				done  int
			}{{0, 1}, {0, 1}, {c.rests - 1, 1}, {1, 2}} {
				<-time.After(step.after)
				if err := chore(t.Context()); err != nil || done != step.done {
					t.Fatalf("a chore of %v is done %d times, not %d, %v", c.takes, done, step.done, err)
				}
			}
		})
	}
}
