package client

import (
	"fmt"
	"slices"
	"strings"
)

// An enum is a parameter of a [Builder] that is one of a few values; W has their
// words, as they stand in a client file and in the explanation of a profile.
type enum[W worded] uint8

// A set is a parameter that is some of a few values, which are its bits.
type set[W worded] uint16

// worded has the words for the values of a parameter, in their order.
type worded interface{ words() []string }

// The parameters that are written as words.
type (
	orderWords             struct{}
	nameMatchWords         struct{}
	candidateLimitWords    struct{}
	backtrackingWords      struct{}
	countWords             struct{}
	anchorKindWords        struct{}
	leafTrustWords         struct{}
	hashStrengthWords      struct{}
	v1Words                struct{}
	nameConstraintsWords   struct{}
	keyPSSWords            struct{}
	policyProcessingWords  struct{}
	preferenceWords        struct{}
	constrainedCommonWords struct{}
	checkWords             struct{}
	deviationWords         struct{}
	formWords              struct{}
	domainSyntaxWords      struct{}
)

func (orderWords) words() []string          { return []string{"any", "later", "next"} }
func (nameMatchWords) words() []string      { return []string{"folded", "text", "bytes"} }
func (candidateLimitWords) words() []string { return []string{"every", "first", "first-of-each"} }
func (backtrackingWords) words() []string   { return []string{"always", "dead-ends", "never"} }
func (countWords) words() []string          { return []string{"signatures", "lookups"} }
func (anchorKindWords) words() []string     { return []string{"any", "self-signed"} }
func (leafTrustWords) words() []string      { return []string{"never", "exact", "self-signed", "key"} }
func (hashStrengthWords) words() []string   { return []string{"any", "sha1", "sha256"} }
func (v1Words) words() []string             { return []string{"all", "roots", "none"} }
func (nameConstraintsWords) words() []string {
	return []string{"read", "unknown", "permitted-fails", "direct"}
}
func (keyPSSWords) words() []string           { return []string{"ignored", "hash", "all"} }
func (policyProcessingWords) words() []string { return []string{"ignored", "read", "with-anchor"} }
func (preferenceWords) words() []string {
	return []string{
		"", "from-store", "from-list", "exact-key-id", "key-id-fits", "can-sign", "valid-now", "newest",
		"latest-end", "last-listed", "not-self-issued", "own-bytes", "only-stored", "trusted-key-id",
	}
}
func (constrainedCommonWords) words() []string {
	return []string{"none", "leaf-no-dns", "leaf-no-host", "any-no-san", "any-no-form"}
}
func (checkWords) words() []string {
	return []string{
		"key-id", "issuer-serial", "key-kind", "signature", "dates", "ca", "cert-sign", "path-length",
		"eku", "name-constraints", "algorithms", "unknown-critical",
	}
}
func (domainSyntaxWords) words() []string {
	return []string{"any", "labels", "labels-or-dot", "hosts"}
}
func (formWords) words() []string { return []string{"dns", "email", "uri", "ip", "directory"} }
func (deviationWords) words() (out []string) {
	for _, d := range deviationNames {
		out = append(out, string(d))
	}
	return out
}

func wordsOf[W worded]() []string {
	var w W
	return w.words()
}

// String gives the word for the value.
func (v enum[W]) String() string {
	if words := wordsOf[W](); int(v) < len(words) {
		return words[v]
	}
	return fmt.Sprint(uint8(v))
}

// UnmarshalText reads the word for a value.
func (v *enum[W]) UnmarshalText(text []byte) error {
	words := wordsOf[W]()
	i := slices.Index(words, string(text))
	if i < 0 || len(text) == 0 { // a value without a word has an empty one
		return noneOf(string(text), words)
	}
	*v = enum[W](i)
	return nil
}

// String lists the values of the set.
func (s set[W]) String() string {
	var has []string
	for i, w := range wordsOf[W]() {
		if s&(1<<i) != 0 {
			has = append(has, w)
		}
	}
	return strings.Join(has, ", ")
}

// UnmarshalYAML reads a list of values.
func (s *set[W]) UnmarshalYAML(unmarshal func(any) error) error {
	var list []string
	if err := unmarshal(&list); err != nil {
		return err
	}
	*s = 0
	words := wordsOf[W]()
	for _, text := range list {
		i := slices.Index(words, text)
		if i < 0 {
			return noneOf(text, words)
		}
		*s |= 1 << i
	}
	return nil
}

func noneOf(text string, words []string) error {
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	return fmt.Errorf("%q is none of %s", text, strings.Join(words, ", "))
}
