package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tlschain/tlschain/rules"
)

// sarifWriter writes SARIF 2.1.0 (OASIS) as a stream: one run, the catalogue of
// rules as its metadata, one result a finding. A waived finding is a
// suppressed result; an endpoint that could not be judged is a notification.
type sarifWriter struct {
	w       io.Writer
	lang    string
	index   map[string]int // of the rules in the metadata
	results int
	header  Header
	notes   []sarifNote
}

func newSARIF(w io.Writer, o Options) (Writer, error) {
	return &sarifWriter{w: w, lang: labelsFor(o.Lang).lang, index: map[string]int{}}, nil
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifRule struct {
	ID       string         `json:"id"`
	Short    sarifText      `json:"shortDescription"`
	Full     sarifText      `json:"fullDescription"`
	Help     sarifText      `json:"help"`
	Default  map[string]any `json:"defaultConfiguration"`
	Property map[string]any `json:"properties"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			Line int `json:"startLine"`
		} `json:"region"`
	} `json:"physicalLocation"`
	Logical []sarifLogical `json:"logicalLocations"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    *int              `json:"ruleIndex,omitempty"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Suppressions []map[string]any  `json:"suppressions,omitempty"`
	Properties   map[string]any    `json:"properties"`
}

type sarifNote struct {
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

// maxNotes bounds what has to be held until the end.
const maxNotes = 1000

func (s *sarifWriter) Begin(h Header) error {
	s.header = h
	meta := []sarifRule{}
	for i, r := range rules.All() {
		s.index[r.ID] = i
		t := r.Text(s.lang)
		meta = append(meta, sarifRule{
			ID: r.ID, Short: sarifText{Text: t.Title + "."}, Full: sarifText{Text: t.Why},
			Help:     sarifText{Text: t.Fix + "\n\n" + strings.Join(r.Refs, "\n"), Markdown: t.Fix + "\n\n" + strings.Join(r.Refs, "  \n")},
			Default:  map[string]any{"level": sarifLevel(r.Severity)},
			Property: map[string]any{"tags": []string{"tls", string(r.Class)}},
		})
	}
	driver := map[string]any{"name": "tlschain", "rules": meta}
	if h.Tool.Version != "" {
		driver["version"] = h.Tool.Version
	}
	b, err := json.Marshal(driver)
	if err != nil {
		return fmt.Errorf("encoding the rules: %w", err)
	}
	_, err = fmt.Fprintf(s.w, `{"$schema":`+
		`"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json","version":"2.1.0",`+
		`"runs":[{"tool":{"driver":%s},"columnKind":"utf16CodeUnits","results":[`, b)
	return err
}

func (s *sarifWriter) Endpoint(e *Endpoint) error {
	e = labels{lang: s.lang}.translated(e)
	where := []sarifLocation{e.sarifLocation()}
	if e.Status == Failed && len(s.notes) < maxNotes {
		text := e.Name() + " could not be judged"
		if e.Error != nil {
			text += ": " + e.Error.Code + ": " + e.Error.Message
		}
		s.notes = append(s.notes, sarifNote{Level: "error", Message: sarifText{Text: unlinked(text)}, Locations: where})
	}
	for i := range e.Findings {
		f := &e.Findings[i]
		r := sarifResult{
			RuleID: f.Rule, Level: sarifLevel(f.Severity), Locations: where,
			Message:      sarifText{Text: unlinked(e.Name() + ": " + f.Message)},
			Fingerprints: map[string]string{"endpointAndRule/v1": e.fingerprint(f)},
			Properties:   map[string]any{"fix": f.Fix, "clients": orEmpty(f.Clients), "positions": orEmpty(f.Positions)},
		}
		if n, ok := s.index[f.Rule]; ok {
			r.RuleIndex = &n
		}
		if f.Waived {
			why := map[string]any{"kind": "external", "status": "accepted"}
			if f.Waiver != nil {
				why["justification"] = f.Waiver.Reason
			}
			r.Suppressions = []map[string]any{why}
		}
		b, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("encoding a result: %w", err)
		}
		sep := ",\n"
		if s.results == 0 {
			sep = "\n"
		}
		s.results++
		if _, err := io.WriteString(s.w, sep+string(b)); err != nil {
			return err
		}
	}
	return nil
}

func (s *sarifWriter) End(sum Summary) error {
	for _, skipped := range sum.Skipped {
		text := unlinked(skipped.Line + " was skipped: " + skipped.Reason)
		s.notes = append(s.notes, sarifNote{Level: "error", Message: sarifText{Text: text}})
	}
	call := map[string]any{"executionSuccessful": !sum.Interrupted, "toolExecutionNotifications": orEmpty(s.notes)}
	if !s.header.StartedAt.IsZero() {
		call["startTimeUtc"] = csvTime(s.header.StartedAt)
	}
	b, err := json.Marshal([]any{call})
	if err != nil {
		return fmt.Errorf("encoding the invocation: %w", err)
	}
	_, err = fmt.Fprintf(s.w, "\n],\"invocations\":%s}]}\n", b)
	return err
}

// unlinked keeps text from holding a link (SARIF 2.1.0 section 3.11.6).
func unlinked(s string) string { return strings.ReplaceAll(s, "](", "] (") }

func sarifLevel(s rules.Severity) string {
	return [...]string{"none", "note", "warning", "error"}[s]
}

// sarifLocation says where: by name, and as a place in a file, because code
// scanning services take nothing else. That is the line of the list that names the
// endpoint, or the file that was checked; where there is neither, a file of the
// endpoint's name that stands for it.
func (e *Endpoint) sarifLocation() sarifLocation {
	var l sarifLocation
	file, line := e.Target, 1
	switch {
	case e.List != nil:
		file, line = e.List.File, max(e.List.Line, 1)
	case e.Host != "":
		file = "endpoints/" + net.JoinHostPort(e.Host, strconv.Itoa(int(e.Port)))
	}
	l.Physical.Artifact.URI, l.Physical.Region.Line = fileURI(file), line
	name := e.Name()
	if e.Address != "" {
		name += " (" + e.Address + ")"
	}
	l.Logical = []sarifLogical{{Name: name, Kind: "resource"}}
	return l
}

// fingerprint stays the same from scan to scan while the fault does.
func (e *Endpoint) fingerprint(f *Finding) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %v", e.Name(), e.Address, f.Rule, f.Positions))
	return hex.EncodeToString(sum[:16])
}

// fileURI is a relative one for a relative name: such are looked for in a
// repository.
func fileURI(name string) string {
	u := url.URL{Path: filepath.ToSlash(filepath.Clean(name))}
	if strings.HasPrefix(u.Path, "/") {
		u.Scheme = "file"
	}
	return u.String()
}
