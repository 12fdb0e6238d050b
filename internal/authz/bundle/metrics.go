package bundle

import "github.com/prometheus/client_golang/prometheus"

var (
	infoDesc    = prometheus.NewDesc("hamyar_policy_info", "The policy that decides, and the operator's bundle in it: serial number and the beginning of the file's SHA-256, or built-in.", []string{"revision", "bundle"}, nil)
	serialDesc  = prometheus.NewDesc("hamyar_policy_bundle_serial", "Serial number of the bundle that serves; 0 for none.", nil, nil)
	ageDesc     = prometheus.NewDesc("hamyar_policy_bundle_age_seconds", "Since the policy that serves was last found, and found well, in its folder.", nil, nil)
	refusedDesc = prometheus.NewDesc("hamyar_policy_refused_total", "How often what lay in the folder was refused, counted once each time that it changed.", nil, nil)
	wrongDesc   = prometheus.NewDesc("hamyar_policy_refused", "1 while what lies in the folder is refused and an older policy serves.", nil, nil)
	closedDesc  = prometheus.NewDesc("hamyar_policy_closed", "1 while everything is denied.", nil, nil)
)

// Describe is of prometheus.Collector.
func (f *Folder) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(f, to) }

// Collect is of prometheus.Collector.
func (f *Folder) Collect(to chan<- prometheus.Metric) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name, serial := "built-in", uint64(0)
	if f.serving != nil {
		name, serial = f.serving.name(), f.serving.Serial
	}
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	gauge(infoDesc, 1, f.Engine.Revision(), name)
	gauge(serialDesc, float64(serial))
	gauge(ageDesc, f.Clock().Sub(f.memory.Confirmed).Seconds())
	gauge(wrongDesc, flag(f.wrong != ""))
	gauge(closedDesc, flag(f.Engine.Closed()))
	to <- prometheus.MustNewConstMetric(refusedDesc, prometheus.CounterValue, float64(f.refusals))
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
