package client

import (
	"fmt"
	"slices"
	"time"
)

// A Description is a client for machines to read. Dates are days or RFC 3339;
// absent means none.
type Description struct {
	Client          string            `json:"client"`
	Title           string            `json:"title"`
	Group           Group             `json:"group"`
	Version         string            `json:"version,omitempty"`
	Store           string            `json:"store"`
	StoreDate       string            `json:"store_date,omitempty"`
	BuilderEvidence Evidence          `json:"builder_evidence"`
	StoreEvidence   Evidence          `json:"store_evidence"`
	Anchors         []DescribedAnchor `json:"anchors"`
	Revocations     []DescribedList   `json:"revocations"`
	Preloaded       int               `json:"preloaded"`
	Notes           string            `json:"notes,omitempty"`
	Sources         []string          `json:"sources"`
}

// A DescribedAnchor is an anchor with what is asked for of paths to it.
type DescribedAnchor struct {
	SHA256         string     `json:"sha256"`
	SPKISHA256     string     `json:"spki_sha256"`
	Subject        string     `json:"subject"`
	NotAfter       time.Time  `json:"not_after"`
	Intermediate   bool       `json:"intermediate"`
	Enforced       bool       `json:"enforced"` // its own dates and constraints count
	NotBeforeUntil *time.Time `json:"not_before_until,omitempty"`
	SCTUntil       *time.Time `json:"sct_until,omitempty"`
	FromVersion    string     `json:"from_version,omitempty"`
	PermittedDNS   []string   `json:"permitted_dns,omitempty"`
}

// A DescribedList is a list of what is revoked.
type DescribedList struct {
	List    string `json:"list"`
	Title   string `json:"title"`
	Date    string `json:"date"`
	Entries int    `json:"entries"`
}

// Describe describes a client with its anchors and what it asks for of each of
// them.
func (c *Profile) Describe() Description {
	out := Description{
		Client: c.ID, Title: c.Title, Group: c.Group, Version: c.Version, Store: c.StoreID,
		BuilderEvidence: c.BuilderEvidence, StoreEvidence: c.StoreEvidence,
		Anchors: []DescribedAnchor{}, Revocations: []DescribedList{}, Preloaded: len(c.Shipped.All()), Notes: c.Notes,
		Sources: slices.Concat([]string{}, c.Sources),
	}
	if !c.StoreDate.IsZero() {
		out.StoreDate = c.StoreDate.Format(time.DateOnly)
	}
	for _, a := range c.Store.All() {
		one := DescribedAnchor{SHA256: a.SHA256.String(), SPKISHA256: a.Key.SPKI.String(), Subject: a.Subject.Text, NotAfter: a.NotAfter}
		for _, k := range c.Conditions.Of(a.SHA256) {
			one.Intermediate, one.Enforced = one.Intermediate || k.Intermediate, one.Enforced || k.Enforced
			if !k.NotBeforeUntil.IsZero() {
				one.NotBeforeUntil = &k.NotBeforeUntil
			}
			if !k.SCTUntil.IsZero() {
				one.SCTUntil, one.FromVersion = &k.SCTUntil, k.From
			}
			one.PermittedDNS = append(one.PermittedDNS, k.PermittedDNS...)
		}
		out.Anchors = append(out.Anchors, one)
	}
	if c.Conditions != nil {
		for _, r := range c.Conditions.Revoked {
			out.Revocations = append(out.Revocations, DescribedList{r.ID, r.Title, r.Date.Format(time.DateOnly), len(r.Entries)})
		}
	}
	return out
}

// Asks counts what a client asks for of its anchors, and names the lists
// of revoked certificates that it goes by.
func (c *Profile) Asks() (lines []string) {
	dated, alone := 0, 0
	for _, a := range c.Store.All() {
		for _, k := range c.Conditions.Of(a.SHA256) {
			if k.Dated() {
				dated++
			}
			if k.Intermediate {
				alone++
			}
		}
	}
	add := func(n int, text string) {
		if n > 0 {
			lines = append(lines, fmt.Sprintf(text, n))
		}
	}
	add(alone, "%d of the anchors are intermediates, which it trusts by themselves.")
	add(dated, "It trusts %d of the anchors only for leaves up to a date; --format json has each.")
	if c.Conditions != nil {
		for _, r := range c.Conditions.Revoked {
			lines = append(lines, fmt.Sprintf("It refuses what is on %s, as of %s (%d entries).",
				r.Title, r.Date.Format(time.DateOnly), len(r.Entries)))
		}
	}
	return lines
}

// Traits are those parameters of a path builder that an administrator meets.
func (c *Profile) Traits() []string {
	b := &c.Builder
	var out []string
	add := func(holds bool, text string) {
		if holds {
			out = append(out, text)
		}
	}
	add(b.Order == AnyOrder, "Takes the certificates in any order.")
	add(b.Order == Later, "An issuer must stand later in the list than what it issued.")
	add(b.Order == Next, "Each certificate must be followed by its issuer: order matters, and nothing may stand between.")
	add(b.InOrder != nil, "Takes a list that is in order as it is, without looking for another path; what follows is about other lists.")
	add(b.ListValidation, "Makes one chain of the list and verifies it from the end: a certificate that does not belong can break it.")
	add(b.SignerTableSize > 0, "Verifies every certificate that was sent, the last first: one that it can verify must be in order.")
	add(b.StopAtAnchorKey, "Ignores whatever follows a certificate that has the name and key of an anchor.")
	add(b.Prefer[0] == FromStore && !b.StopAtAnchorKey, "Looks for an issuer in its store first, then among what was sent.")
	add(b.Prefer[0] == FromList, "Looks for an issuer among what was sent first, then in its store.")
	add(b.Backtracking == AlwaysBacktrack && b.CandidateLimit == EveryCandidate, "Tries other issuers where a path fails.")
	add(b.Backtracking == NeverBacktrack || b.CandidateLimit == FirstCandidate, "Does not go back: where two issuers fit, a bad choice "+
		"is final.")
	add(b.Backtracking == BacktrackAtDeadEnds && b.CandidateLimit != FirstCandidate, "Goes back where a path leads to no anchor, but not "+
		"where something else is wrong with it.")
	add(b.Anchor == SelfSignedAnchor, "Only a self-signed certificate in its store ends a path.")
	add(c.AIA, "Fetches missing issuers by the URLs in certificates.")
	add(c.Preload, "Ships intermediates, and so fills gaps that others fall into.")
	add(b.MaxEntries > 0, fmt.Sprintf("Takes at most %d certificates.", b.MaxEntries))
	add(b.MaxBytes > 0, fmt.Sprintf("Takes at most %d bytes of certificates.", b.MaxBytes))
	add(b.MaxPath > 0, fmt.Sprintf("Takes at most %d intermediates on a path.", b.MaxPath))
	add(b.Critical, "Cannot read critical name constraints.")
	add(b.MinHash == SHA256, "Refuses signatures with SHA-1 and MD5.")
	add(b.MinHash == SHA1, "Refuses signatures with MD5.")
	add(b.MinRSA > 0, fmt.Sprintf("Refuses RSA keys of less than %d bits.", b.MinRSA))
	add(b.CommonName, "Takes the common name of a certificate that has no subject alternative name.")
	return out
}
