package community

// CrashAt stops joining after a step ("pending", "entered") with what crash returns, as a crash there would; nil lets
// it run on.
func (d *Directory) CrashAt(crash func(step string) error) { d.crash = crash }

// AbandonedAfter is when the reconciler takes a joining for dead.
const AbandonedAfter = abandonedAfter
