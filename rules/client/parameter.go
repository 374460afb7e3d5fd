package client

import (
	"fmt"
	"strings"
)

// A parameter is an enumeration of a Builder that is written as a word.
type parameter interface {
	~uint8
}

// The words for the parameters, in the order of their values, as they stand in
// a client file and in the explanation of a profile.
var (
	orderWords           = []string{"any", "later", "next"}
	nameWords            = []string{"folded", "text", "bytes"}
	candidateLimitWords  = []string{"every", "first", "first-of-each"}
	backtrackingWords    = []string{"always", "dead-ends", "never"}
	countWords           = []string{"signatures", "lookups"}
	anchorWords          = []string{"any", "self-signed"}
	leafWords            = []string{"never", "exact", "self-signed", "key"}
	hashWords            = []string{"any", "sha1", "sha256"}
	v1Words              = []string{"all", "roots", "none"}
	nameConstraintsWords = []string{"read", "unknown", "permitted-fails", "direct"}
	keyPSSWords          = []string{"ignored", "hash", "all"}
	policyWords          = []string{"ignored", "read", "with-anchor"}
	preferWords          = []string{
		"", "from-store", "from-list", "exact-key-id", "key-id-fits", "can-sign", "valid-now", "newest",
		"latest-end", "last-listed", "not-self-issued", "own-bytes", "only-stored", "trusted-key-id",
	}
	checkWords = []string{
		"key-id", "issuer-serial", "key-kind", "signature", "dates", "ca", "cert-sign", "path-length",
		"eku", "name-constraints", "algorithms", "unknown-critical",
	}
)

func word[T parameter](v T, words []string) string {
	if int(v) < len(words) {
		return words[v]
	}
	return fmt.Sprint(uint8(v))
}

func fromWord[T parameter](v *T, text []byte, words []string) error {
	for i, w := range words {
		if w != "" && w == string(text) {
			*v = T(i)
			return nil
		}
	}
	return fmt.Errorf("%q is none of %s", text, strings.Join(nonEmpty(words), ", "))
}

func nonEmpty(words []string) (out []string) {
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}

// String gives the word for the value.
func (v ListOrder) String() string       { return word(v, orderWords) }
func (v NameMatch) String() string       { return word(v, nameWords) }
func (v CandidateLimit) String() string  { return word(v, candidateLimitWords) }
func (v Backtracking) String() string    { return word(v, backtrackingWords) }
func (v Count) String() string           { return word(v, countWords) }
func (v Anchor) String() string          { return word(v, anchorWords) }
func (v LeafTrust) String() string       { return word(v, leafWords) }
func (v Hash) String() string            { return word(v, hashWords) }
func (v V1) String() string              { return word(v, v1Words) }
func (v NameConstraints) String() string { return word(v, nameConstraintsWords) }
func (v Preference) String() string      { return word(v, preferWords) }

func (v KeyPSS) String() string           { return word(v, keyPSSWords) }
func (v PolicyProcessing) String() string { return word(v, policyWords) }

// UnmarshalText reads the word for a value.
func (v *KeyPSS) UnmarshalText(b []byte) error { return fromWord(v, b, keyPSSWords) }

// UnmarshalText reads the word for a value.
func (v *PolicyProcessing) UnmarshalText(b []byte) error { return fromWord(v, b, policyWords) }
func (v *ListOrder) UnmarshalText(b []byte) error        { return fromWord(v, b, orderWords) }
func (v *NameMatch) UnmarshalText(b []byte) error        { return fromWord(v, b, nameWords) }
func (v *CandidateLimit) UnmarshalText(b []byte) error   { return fromWord(v, b, candidateLimitWords) }
func (v *Backtracking) UnmarshalText(b []byte) error     { return fromWord(v, b, backtrackingWords) }
func (v *Count) UnmarshalText(b []byte) error            { return fromWord(v, b, countWords) }
func (v *Anchor) UnmarshalText(b []byte) error           { return fromWord(v, b, anchorWords) }
func (v *LeafTrust) UnmarshalText(b []byte) error        { return fromWord(v, b, leafWords) }
func (v *Hash) UnmarshalText(b []byte) error             { return fromWord(v, b, hashWords) }
func (v *V1) UnmarshalText(b []byte) error               { return fromWord(v, b, v1Words) }
func (v *NameConstraints) UnmarshalText(b []byte) error  { return fromWord(v, b, nameConstraintsWords) }
func (v *Preference) UnmarshalText(b []byte) error       { return fromWord(v, b, preferWords) }

// words lists the members of a set whose bits are named by words.
func words[T ~uint16](set T, words []string) []string {
	var out []string
	for i, w := range words {
		if set&(1<<i) != 0 {
			out = append(out, w)
		}
	}
	return out
}

func fromWords[T ~uint16](set *T, list, words []string) error {
	*set = 0
	for _, text := range list {
		found := false
		for i, w := range words {
			if w == text {
				*set |= 1 << i
				found = true
			}
		}
		if !found {
			return fmt.Errorf("%q is none of %s", text, strings.Join(words, ", "))
		}
	}
	return nil
}

// String lists the tests.
func (c Check) String() string { return strings.Join(words(c, checkWords), ", ") }

// String lists the deviations.
func (o Deviations) String() string { return strings.Join(words(o, deviationWords()), ", ") }

func deviationWords() []string {
	out := make([]string, len(deviationNames))
	for i, d := range deviationNames {
		out[i] = string(d)
	}
	return out
}

// UnmarshalYAML reads a list of tests.
func (c *Check) UnmarshalYAML(unmarshal func(any) error) error {
	var list []string
	if err := unmarshal(&list); err != nil {
		return err
	}
	return fromWords(c, list, checkWords)
}

// UnmarshalYAML reads a list of deviations.
func (o *Deviations) UnmarshalYAML(unmarshal func(any) error) error {
	var list []string
	if err := unmarshal(&list); err != nil {
		return err
	}
	return fromWords(o, list, deviationWords())
}
