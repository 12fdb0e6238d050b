package keystore

import "github.com/hamyar/hamyar/internal/kms"

// NewKeyFile makes a random key for the KMS URL file://path, readable by its
// owner alone. It appears whole or not at all, and never replaces a file.
func NewKeyFile(path string) error { return kms.NewKeyFile(path) }
