package scrub

// persian weighs a Persian word as a name.
func (s *sights) persian(int) int { return never }

func (s *sights) persianPlace(int) int { return never }
