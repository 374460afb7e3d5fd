package main

import (
	"encoding/json"
	"io"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/client"
)

// clientJSON is a client as clients NAME --format json describes it. Dates are
// days or RFC 3339; absent means none.
type clientJSON struct {
	Client          string           `json:"client"`
	Title           string           `json:"title"`
	Group           client.Group     `json:"group"`
	Version         string           `json:"version,omitempty"`
	Store           string           `json:"store"`
	StoreDate       string           `json:"store_date,omitempty"`
	BuilderEvidence client.Evidence  `json:"builder_evidence"`
	StoreEvidence   client.Evidence  `json:"store_evidence"`
	Anchors         []anchorJSON     `json:"anchors"`
	Revocations     []revocationJSON `json:"revocations"`
	Preloaded       int              `json:"preloaded"`
	Notes           string           `json:"notes,omitempty"`
	Sources         []string         `json:"sources"`
}

type anchorJSON struct {
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

type revocationJSON struct {
	List    string `json:"list"`
	Title   string `json:"title"`
	Date    string `json:"date"`
	Entries int    `json:"entries"`
}

// writeClientJSON describes a client with its anchors and what it asks for of
// each of them.
func writeClientJSON(w io.Writer, c *client.Profile) error {
	out := clientJSON{
		Client: c.ID, Title: c.Title, Group: c.Group, Version: c.Version, Store: c.StoreID,
		BuilderEvidence: c.BuilderEvidence, StoreEvidence: c.StoreEvidence,
		Anchors: []anchorJSON{}, Revocations: []revocationJSON{}, Preloaded: len(c.Shipped.All()), Notes: c.Notes,
		Sources: slices.Concat([]string{}, c.Sources),
	}
	if !c.StoreDate.IsZero() {
		out.StoreDate = c.StoreDate.Format(time.DateOnly)
	}
	for _, a := range c.Store.All() {
		one := anchorJSON{SHA256: a.SHA256.String(), SPKISHA256: a.Key.SPKI.String(), Subject: a.Subject.Text, NotAfter: a.NotAfter}
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
			out.Revocations = append(out.Revocations, revocationJSON{r.ID, r.Title, r.Date.Format(time.DateOnly), len(r.Entries)})
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
