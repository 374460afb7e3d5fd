package reports

import (
	"encoding/hex"
	"fmt"

	"github.com/tlschain/tlschain/rules/cert"
)

// A Hash is a SHA-256 digest; zero means that there is none, null in JSON.
type Hash cert.Hash

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

// MarshalJSON gives the digits as a string, or null.
func (h Hash) MarshalJSON() ([]byte, error) { return h.append(nil), nil }
