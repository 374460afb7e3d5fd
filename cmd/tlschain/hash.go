package main

import (
	"encoding/hex"
	"fmt"

	"github.com/tlschain/tlschain/rules/cert"
)

// parseHash reads a SHA-256 in hex; nothing is the zero hash.
func parseHash(text string) (h cert.Hash, err error) {
	if text == "" {
		return h, nil
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("%q is no SHA-256: type 64 hexadecimal digits", text)
	}
	return cert.Hash(b), nil
}
