//go:build unix && !linux

package main

// closeMemory has no such means here.
func closeMemory() error { return nil }

func examineLooking() finding {
	return finding{about: "memory, looking in", saw: "this system has no means against others of the same user; serve on Linux"}
}
