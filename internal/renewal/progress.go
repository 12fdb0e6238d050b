package renewal

// Progress of a run: how many keys it has renewed of those that it has come upon, and how many rows it has sealed anew.
type Progress struct{ Keys, OfKeys, Rows int }

type progress struct {
	now  Progress
	tell func(Progress)
}

func newProgress(tell func(Progress)) *progress {
	if tell == nil {
		tell = func(Progress) {}
	}
	return &progress{tell: tell}
}

func (p *progress) more(keys int)   { p.now.OfKeys += keys; p.tell(p.now) }
func (p *progress) done(keys int)   { p.now.Keys += keys; p.tell(p.now) }
func (p *progress) sealed(rows int) { p.now.Rows += rows; p.tell(p.now) }
