package kms

import (
	"crypto/rand"
	"errors"
	"fmt"
)

// Shamir's scheme over GF(256), byte by byte: the secret is a polynomial at 0, a
// share is the same polynomial elsewhere. As many shares as were asked for give
// the secret back; one fewer says nothing about it, whatever computers become.

var errShare = errors.New("kms: these shares do not belong together, or are too few")

// point is one share of a secret: where the polynomials were looked at, and what they were.
type point struct {
	x  byte
	ys []byte
}

// split makes n points of a secret, of which any m give it back.
func split(secret []byte, n, m int) ([]point, error) {
	if m < 2 || n < m || n > 255 || len(secret) == 0 {
		return nil, fmt.Errorf("kms: shares must be between 2 and 255, and no more needed than there are")
	}
	points := make([]point, n)
	for i := range points {
		points[i] = point{byte(i + 1), make([]byte, len(secret))}
	}
	factors := make([]byte, m)
	defer clear(factors)
	for at, b := range secret {
		if _, err := rand.Read(factors[1:]); err != nil {
			return nil, fmt.Errorf("kms: split a secret: %w", err)
		}
		factors[0] = b
		for i := range points {
			points[i].ys[at] = value(factors, points[i].x)
		}
	}
	return points, nil
}

// value is the polynomial with these factors, the constant first, at x.
func value(factors []byte, x byte) (y byte) {
	for i := len(factors) - 1; i >= 0; i-- {
		y = times(y, x) ^ factors[i]
	}
	return y
}

// join is Lagrange's interpolation at 0.
func join(points []point) ([]byte, error) {
	seen := map[byte]bool{0: true}
	for _, p := range points {
		if seen[p.x] || len(p.ys) != len(points[0].ys) || len(p.ys) == 0 {
			return nil, errShare
		}
		seen[p.x] = true
	}
	if len(points) < 2 {
		return nil, errShare
	}
	secret := make([]byte, len(points[0].ys))
	for i, p := range points {
		weight := byte(1)
		for j, q := range points {
			if i != j {
				weight = times(weight, times(q.x, inverse(q.x^p.x)))
			}
		}
		for at, y := range p.ys {
			secret[at] ^= times(weight, y)
		}
	}
	return secret, nil
}

// times multiplies in AES's field, x⁸+x⁴+x³+x+1, in the same time for all.
func times(a, b byte) (product byte) {
	for range 8 {
		product ^= a & -(b & 1)
		a = a<<1 ^ 0x1b&-(a>>7)
		b >>= 1
	}
	return product
}

// inverse is a²⁵⁴; that of 0 is never asked for.
func inverse(a byte) byte {
	result := byte(1)
	for range 7 {
		a = times(a, a)
		result = times(result, a)
	}
	return result
}
