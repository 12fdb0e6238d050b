package devstack

// Abandon forgets a stack while its servers run on, which is what a killed parent does where the kernel ends no orphans.
func Abandon(s *Stack) {
	s.stopping.Do(func() { _ = s.folder.lock.Close() })
}
