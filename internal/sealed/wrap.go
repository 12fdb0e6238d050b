package sealed

// Wrap seals another owner's secret under this ring, for one purpose and one
// row of the keystore. A wrapped secret never opens as a field, nor a field as
// a wrapped secret.
func (r *Ring) Wrap(purpose string, row []byte, secret [32]byte) ([]byte, error) {
	if r == nil || purpose == "" || len(row) == 0 || secret == [32]byte{} {
		return nil, ErrSeal
	}
	s := borrow()
	defer s.giveBack()
	s.place = r.keys.appendWrapPlace(s.place, purpose, row)
	return r.keys.seal(s, wrapLabel, secret[:])
}

// Unwrap returns the secret that was wrapped for this purpose and row, or
// ErrOpen.
func (r *Ring) Unwrap(purpose string, row, box []byte) (secret [32]byte, err error) {
	if r == nil {
		return secret, ErrOpen
	}
	s := borrow()
	defer s.giveBack()
	s.place = r.keys.appendWrapPlace(s.place, purpose, row)
	plaintext, err := r.keys.open(s, wrapLabel, box, nil)
	if err != nil || copy(secret[:], plaintext) != len(secret) || len(plaintext) != len(secret) {
		return [32]byte{}, ErrOpen
	}
	clear(plaintext)
	return secret, nil
}

func (k *keys) appendWrapPlace(dst []byte, purpose string, row []byte) []byte {
	dst = appendField(dst, k.deployment[:])
	dst = appendField(dst, purpose)
	return appendField(dst, row)
}
