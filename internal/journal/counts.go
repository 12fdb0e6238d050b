package journal

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hamyar/hamyar/internal/authz"
)

type counts struct {
	decisions *prometheus.CounterVec
	dropped   prometheus.Counter
}

func newCounts(registry prometheus.Registerer) *counts {
	c := &counts{
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hamyar_decisions_total", Help: "Decisions of policy by action and outcome: allowed, denied or error; of lists none, some or all."}, []string{"action", "outcome"}),
		dropped:   prometheus.NewCounter(prometheus.CounterOpts{Name: "hamyar_decision_log_dropped_total", Help: "Lines that the decision log lacks, because it was not written fast enough or not at all."}),
	}
	registry.MustRegister(c.decisions, c.dropped)
	return c
}

// actionOf keeps what is no action out of the metrics, where each name is kept for good.
func actionOf(e authz.Entry) string {
	if slices.Contains(authz.Actions, e.Facts.Action) {
		return e.Facts.Action
	}
	return "unknown"
}

func outcomeOf(e authz.Entry) string {
	switch {
	case e.Err:
		return "error"
	case e.List:
		return map[authz.Verdict]string{authz.None: "none", authz.Some: "some", authz.All: "all"}[e.Verdict]
	case e.Allow:
		return "allowed"
	}
	return "denied"
}
