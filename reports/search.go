package reports

import (
	"strings"
)

// A Search is for certificates, by their hashes, keys or names.
type Search struct {
	certificates, keys map[Hash]bool
	names              map[string]bool // as folded makes them
}

// A Match is a certificate that a [Search] is for, at one endpoint.
type Match struct {
	SHA256  Hash   `json:"sha256"`
	Subject string `json:"subject" doc:"RFC 4514"`
	Sent    bool   `json:"sent" doc:"the server sends it; else a client's path or the fix needs it"`
}

// Certificate adds a certificate by its SHA-256.
func (s *Search) Certificate(h Hash) { include(&s.certificates, h) }

// Key adds whatever has a key, by the SHA-256 of its SubjectPublicKeyInfo.
func (s *Search) Key(h Hash) { include(&s.keys, h) }

// Name adds whatever has a subject, in the form of RFC 4514 or by its common
// name alone. Letter case and the number of blanks do not matter.
func (s *Search) Name(name string) { include(&s.names, folded(name)) }

func include[K comparable](to *map[K]bool, key K) {
	if *to == nil {
		*to = make(map[K]bool)
	}
	(*to)[key] = true
}

// Has reports whether the search is for a certificate.
func (s *Search) Has(sha256, spki Hash, subject string) bool {
	if s.certificates[sha256] || !spki.IsZero() && s.keys[spki] {
		return true
	}
	return len(s.names) > 0 && (s.names[folded(subject)] || s.names[folded(commonName(subject))])
}

// matches lists the certificates at an endpoint that the search is for: those
// that were sent, in order, and those that clients' paths or the fix need.
func (s *Search) matches(e *Endpoint) (found []Match) {
	for i := range e.Chain {
		if c := &e.Chain[i]; s.Has(c.SHA256, c.SPKISHA256, c.Subject) {
			found = append(found, Match{c.SHA256, c.Subject, true})
		}
	}
	for i := range e.Unsent {
		if c := &e.Unsent[i]; s.Has(c.SHA256, c.SPKISHA256, c.Subject) {
			found = append(found, Match{c.SHA256, c.Subject, false})
		}
	}
	return found
}

func folded(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// commonName is the first common name in a subject in the form of RFC 4514,
// which is the most specific one; empty if there is none.
func commonName(subject string) string {
	for start := true; subject != ""; {
		if rest, ok := strings.CutPrefix(subject, "CN="); ok && start {
			return unescaped(rest)
		}
		if subject[0] == '\\' && len(subject) > 1 {
			subject, start = subject[2:], false
			continue
		}
		start = subject[0] == ',' || subject[0] == '+'
		subject = subject[1:]
	}
	return ""
}

// unescaped is an attribute's value as far as it goes, without backslashes.
func unescaped(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ',', '+':
			return b.String()
		case '\\':
			i++
			if i == len(text) {
				return b.String()
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
