package reports

import (
	"slices"
	"testing"
)

func TestSearch(t *testing.T) {
	hash := func(b byte) Hash { return Hash{b} }
	e := &Endpoint{
		Chain: []Certificate{
			{SHA256: hash(1), SPKISHA256: hash(11), Subject: "CN=www.example.test"},
			{SHA256: hash(2), SPKISHA256: hash(12), Subject: `CN=Example\, Issuing CA,O=Example Trust,C=XX`},
			{SHA256: hash(3), Subject: ""}, // junk
		},
		Unsent: []Unsent{{SHA256: hash(4), SPKISHA256: hash(14), Subject: "OU=Roots+CN=Example Root,O=Example Trust"}},
	}
	for _, c := range []struct {
		what string
		fill func(*Search)
		want []Match
	}{
		{"a certificate", func(s *Search) { s.Certificate(hash(2)) }, []Match{{hash(2), e.Chain[1].Subject, true}}},
		{"a key", func(s *Search) { s.Key(hash(14)) }, []Match{{hash(4), e.Unsent[0].Subject, false}}},
		{"a key is no certificate", func(s *Search) { s.Key(hash(2)) }, nil},
		{"the zero key", func(s *Search) { s.Key(Hash{}) }, nil},
		{"a subject", func(s *Search) { s.Name(`cn=example\, issuing  ca,o=example trust,c=xx`) }, []Match{{hash(2), e.Chain[1].Subject, true}}},
		{"a common name", func(s *Search) { s.Name("Example, Issuing CA") }, []Match{{hash(2), e.Chain[1].Subject, true}}},
		{"a common name in the middle", func(s *Search) { s.Name("example root") }, []Match{{hash(4), e.Unsent[0].Subject, false}}},
		{"an organisation", func(s *Search) { s.Name("Example Trust") }, nil},
		{"two", func(s *Search) { s.Certificate(hash(1)); s.Key(hash(14)) },
			[]Match{{hash(1), "CN=www.example.test", true}, {hash(4), e.Unsent[0].Subject, false}}},
	} {
		var s Search
		c.fill(&s)
		if got := s.matches(e); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
	if got := new(Search).matches(e); got != nil {
		t.Errorf("a search for nothing finds %v", got)
	}
}
