package cert

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
)

// A Hash is a SHA-256 digest; zero means that there is none, null in JSON.
type Hash [sha256.Size]byte

// HashOf is the SHA-256 over the binary SHA-256s of a list of certificates, in
// order: it tells lists apart.
func HashOf(list iter.Seq[Hash]) (sum Hash) {
	h := sha256.New()
	for one := range list {
		h.Write(one[:])
	}
	h.Sum(sum[:0])
	return sum
}

// IsZero reports whether there is no digest.
func (h Hash) IsZero() bool { return h == Hash{} }

// String gives 64 lower-case hex digits, or nothing for the zero value.
func (h Hash) String() string {
	if h.IsZero() {
		return ""
	}
	return hex.EncodeToString(h[:])
}

// Short gives the first 16 hex digits: enough to tell the certificates of one
// report apart, and short enough for a line.
func (h Hash) Short() string {
	if h.IsZero() {
		return ""
	}
	return hex.EncodeToString(h[:8])
}

// UnmarshalText reads 64 hex digits, or nothing.
func (h *Hash) UnmarshalText(text []byte) error {
	*h = Hash{}
	if len(text) == 0 {
		return nil
	}
	if len(text) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("a SHA-256 has 64 hex digits, not %d", len(text))
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// AppendJSON appends the digits as a string, or null.
func (h Hash) AppendJSON(b []byte) []byte {
	if h.IsZero() {
		return append(b, "null"...)
	}
	return append(hex.AppendEncode(append(b, '"'), h[:]), '"')
}

// MarshalJSON gives the digits as a string, or null.
func (h Hash) MarshalJSON() ([]byte, error) { return h.AppendJSON(nil), nil }
