package client

import (
	"math/bits"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	known := []*Profile{{ID: "go", Builder: Builders()["go"], BuilderEvidence: Measured}, {ID: "java-17", Builder: Builders()["java-17"]}}
	got, err := Parse([]byte(`
clients:
  - id: appliance
    title: The old mail appliance
    base: go
    store: roots.pem
    aia: true
    builder:
      order: later
      retry: never
      tries: first
      max_path: 3
      prefer: [from-list, valid-now]
      skip: [key-id, dates]
      refuse: [negative-serial]
      min_hash: sha1
  - id: java-strict
    base: java-17
    group: modern
    builder: {min_rsa: 3072}
`), known)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 {
		t.Fatalf("%d clients", len(got))
	}
	a := got[0].Profile
	want := known[0].Builder
	want.Order, want.Backtracking, want.CandidateLimit, want.MaxPath, want.MinHash = Later, NeverBacktrack, FirstCandidate, 3, SHA1
	want.Prefer, want.CandidateFilter, want.Refuse = [8]Preference{FromList, ValidNow}, KeyID|Dates, negativeSerial
	if a.Builder != want {
		t.Errorf("builder\n got %+v\nwant %+v", a.Builder, want)
	}
	if got[0].Store != "roots.pem" || !a.AIA || a.Group != Legacy || a.evidence() != Assumed || got[0].Line != 3 {
		t.Errorf("%+v, line %d", a, got[0].Line)
	}
	j := got[1].Profile
	if j.Group != Modern || j.Builder.MinRSA != 3072 || j.Builder.InOrder == nil {
		t.Errorf("%+v", j)
	}
	if known[1].Builder.MinRSA == 3072 {
		t.Error("the base has changed")
	}
}

func TestParseErrors(t *testing.T) {
	known := []*Profile{{ID: "go"}}
	for text, want := range map[string]string{
		"clients:\n- id: x\n  base: go\n  colour: red\n":                       `line 4: unknown field "colour" in clients[0]: type one of id, title`,
		"clients:\n- id: x\n  base: og\n":                                      `line 2: clients[0]: base: there is no client "og"`,
		"clients:\n- id: x\n":                                                  "line 2: clients[0]: base is missing",
		"clients:\n- id: go\n  base: go\n":                                     `line 2: clients[0]: there is already a client or group "go"`,
		"clients:\n- id: all\n  base: go\n":                                    "line 2: clients[0]: there is already",
		"clients:\n- id: A B\n  base: go\n":                                    `line 2: clients[0]: id "A B"`,
		"clients:\n- id: x\n  base: go\n  builder:\n    retry: sometimes\n":    `line 5: clients[0].builder.retry: "sometimes" is none of always, dead-ends, never`,
		"clients:\n- id: x\n  base: go\n  builder:\n    skip: [dates, luck]\n": `line 5: clients[0].builder.skip: "luck" is none of key-id`,
		"clients:\n- id: x\n  base: go\n  builder:\n    max_depth: 3\n":        `line 5: unknown field "max_depth" in clients[0].builder`,
		"clients:\n- id: x\n  base: go\n  group: old\n":                        `line 2: clients[0]: group "old"`,
		"clients:\n- id: x\n- id: x\n  base: go\n  group: old\n":               "line 3: clients[1]: there is already a client or group \"x\": type another id\nline 3: clients[1]: group",
		"client: []\n": `line 1: unknown field "client"`,
		"clients: [\n": "line 1:",
	} {
		_, err := Parse([]byte(text), known)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if got, err := Parse(nil, known); err != nil || len(got) != 0 {
		t.Errorf("empty file: %v, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("clients:\n- id: x\n  base: go\n  builder: {skip: [dates]}\n"))
	known := []*Profile{{ID: "go", Builder: Builders()["go"]}}
	f.Fuzz(func(t *testing.T, text []byte) {
		defined, err := Parse(text, known)
		if err != nil {
			return
		}
		for _, d := range defined {
			if d.Profile == nil || d.Profile.ID == "" {
				t.Errorf("a client without id: %+v", d)
			}
		}
	})
}

// TestWords holds that each list of words ends where its values end.
func TestWords(t *testing.T) {
	for _, c := range []struct {
		last  int
		words []string
		want  string
	}{
		{int(Next), orderWords{}.words(), "next"},
		{int(Bytes), nameMatchWords{}.words(), "bytes"},
		{int(FirstOfEach), candidateLimitWords{}.words(), "first-of-each"},
		{int(NeverBacktrack), backtrackingWords{}.words(), "never"},
		{int(Lookups), countWords{}.words(), "lookups"},
		{int(SelfSignedAnchor), anchorKindWords{}.words(), "self-signed"},
		{int(KeyLeaf), leafTrustWords{}.words(), "key"},
		{int(SHA256), hashStrengthWords{}.words(), "sha256"},
		{int(V1None), v1Words{}.words(), "none"},
		{int(ConstraintsDirect), nameConstraintsWords{}.words(), "direct"},
		{int(TrustedKeyID), preferenceWords{}.words(), "trusted-key-id"},
		{bits.TrailingZeros16(uint16(Unknown)), checkWords{}.words(), "unknown-critical"},
	} {
		if len(c.words) != c.last+1 || c.words[c.last] != c.want {
			t.Errorf("%v: want %q as word %d and last", c.words, c.want, c.last)
		}
	}
}
