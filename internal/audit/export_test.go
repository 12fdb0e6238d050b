package audit

// CrashAt stops the scribe at a step ("taken", "read", "added", "signed", "committed") with what crash returns, as a
// crash there would; nil lets it run on.
func (s *Scribe) CrashAt(crash func(step string) error) { s.crash = crash }
