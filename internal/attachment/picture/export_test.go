package picture

// Reserved is the memory that an intake sets aside for a file.
func Reserved(limits Limits, file []byte) int64 {
	found, err := recognise(file)
	if err != nil {
		return 0
	}
	return found.memory() + limits.forFiles()
}
