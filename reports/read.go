package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
)

// A Reader reads a saved report back, JSON or NDJSON, of this schema version or
// an older one, one endpoint at a time. Everything it gives has been cleaned:
// a report may have been through other hands.
type Reader struct {
	// Header is what the report says before its endpoints. NDJSON has none,
	// unless it is brief: then only the clients are known, from the first endpoint.
	Header Header

	d       *json.Decoder
	bound   *bounded
	packed  packed // nil: it was not packed
	lines   bool   // NDJSON
	first   *Endpoint
	count   int
	summary *Summary
	brief   briefReader
}

// NewReader reads up to the first endpoint.
func NewReader(in io.Reader) (*Reader, error) {
	bound := &bounded{r: in}
	b := bufio.NewReader(bound)
	if mark, _ := b.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		b.Discard(3) // PowerShell writes a byte order mark
	}
	head, err := b.Peek(256)
	if len(head) == 0 && err != nil && err != io.EOF {
		return nil, err
	}
	r := &Reader{bound: bound}
	r.packed, _ = in.(packed)
	switch key := firstKey(head); {
	case slices.Contains(documentKeys(), key):
		r.d = json.NewDecoder(b)
		if _, err := r.d.Token(); err != nil {
			return nil, r.wrong(err)
		}
		err = r.members(true)
	case key != "" || len(bytes.TrimSpace(head)) == 0: // nothing at all is an empty NDJSON
		r.d, r.lines = json.NewDecoder(b), true
		r.Header.SchemaVersion = SchemaVersion
		r.first, err = r.next()
		if r.first != nil && r.Header.Detail != briefDetail {
			for _, c := range r.first.Clients {
				r.Header.Clients = append(r.Header.Clients, c.Client)
			}
		}
	default:
		return nil, errors.New("this is no report of tlschain: save one with --format json or --format ndjson")
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Empty reports whether there was nothing at all to read. As NDJSON that is a
// report of no endpoint, such as a shard may have, or one that was never written.
func (r *Reader) Empty() bool { return r.lines && r.first == nil }

// documentKeys tells a document from a line of NDJSON by its first key, in
// whatever order a tool has left the keys.
func documentKeys() []string {
	return []string{"schema_version", "tool", "started_at", "evaluated_at", "facts_at", "clients", "flags", "detail", "certificates",
		"unsent_certificates", "endpoints", "summary"}
}

// firstKey gives the first key of a JSON object, of which only the beginning
// may be there.
func firstKey(head []byte) string {
	d := json.NewDecoder(bytes.NewReader(head))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return ""
	}
	t, _ := d.Token()
	key, _ := t.(string)
	return key
}

// members reads the document's members up to the array of endpoints, or from
// its end to the document's.
func (r *Reader) members(before bool) error {
	for r.d.More() {
		r.bound.next()
		t, err := r.d.Token()
		if err != nil {
			return r.wrong(err)
		}
		var into any
		switch t {
		case "schema_version":
			into = &r.Header.SchemaVersion
		case "tool":
			into = &r.Header.Tool
		case "started_at":
			into = &r.Header.StartedAt
		case "evaluated_at":
			into = &r.Header.EvaluatedAt
		case "facts_at":
			into = &r.Header.FactsAt
		case "clients":
			into = &r.Header.Clients
		case "flags":
			into = &r.Header.Flags
		case "detail":
			into = &r.Header.Detail
		case "certificates", "unsent_certificates":
			if err := r.describe(t == "certificates"); err != nil {
				return r.wrong(err)
			}
			continue
		case "summary":
			r.summary = &Summary{}
			into = r.summary
		case "endpoints":
			if t, err := r.d.Token(); err != nil || t != json.Delim('[') {
				return r.wrong(errors.Join(err, errors.New("endpoints is no array")))
			}
			if before {
				return r.checkVersion(true)
			}
			return r.wrong(errors.New("endpoints stands there twice"))
		default:
			into = &json.RawMessage{} // added by a later release of this version
		}
		if err := r.d.Decode(into); err != nil {
			return r.wrong(err)
		}
	}
	if before {
		return r.wrong(errors.New("there is no array of endpoints"))
	}
	if _, err := r.d.Token(); err != nil {
		return r.wrong(err)
	}
	return r.checkVersion(false)
}

// checkVersion refuses reports from the future. A tool may have put the
// version behind the endpoints: then it is known at the end only.
func (r *Reader) checkVersion(early bool) error {
	cleanAll(&r.Header)
	switch v := r.Header.SchemaVersion; {
	case v > SchemaVersion:
		return fmt.Errorf("the report has schema version %d and this program knows up to %d: use a newer tlschain", v, SchemaVersion)
	case v < 1 && !early:
		return errors.New("the report has no schema_version: it is none of tlschain's")
	}
	return nil
}

// Endpoints gives the endpoints in order. After an error, which names the
// place, there is no more; what came before is good.
func (r *Reader) Endpoints() iter.Seq2[*Endpoint, error] {
	return func(yield func(*Endpoint, error) bool) {
		if r.first != nil {
			first := r.first
			r.first = nil
			if !yield(first, nil) {
				return
			}
		}
		for {
			e, err := r.next()
			if err != nil {
				yield(nil, err)
				return
			}
			if e == nil || !yield(e, nil) {
				return
			}
		}
	}
}

// next gives nil at the end.
func (r *Reader) next() (*Endpoint, error) {
	r.bound.next()
	if r.brief.holds(r) {
		return r.held()
	}
	if !r.lines && !r.d.More() {
		if _, err := r.d.Token(); err != nil {
			return nil, r.wrong(err)
		}
		return nil, r.members(false)
	}
	var line briefLine
	start := r.d.InputOffset()
	switch err := r.d.Decode(&line); {
	case r.lines && err == io.EOF:
		return nil, nil
	case err != nil:
		return nil, r.wrong(err)
	case r.lines && line.Target == "" && line.record():
		if err := r.note(&line, r.d.InputOffset()-start); err != nil {
			return nil, err
		}
		return r.next()
	}
	return r.endpoint(&line.briefEndpoint)
}

// endpoint makes what was read fit to show.
func (r *Reader) endpoint(b *briefEndpoint) (*Endpoint, error) {
	e := &b.Endpoint
	if e.Target == "" || (e.Status != OK && e.Status != Failed) {
		return nil, r.wrong(errors.New("it has no target or no status"))
	}
	if err := r.brief.expand(b, r.Header.Clients); err != nil {
		return nil, r.wrong(err)
	}
	r.count++
	e.checkPEM()
	cleanAll(e)
	e.Severity = e.Worst() // older releases of this version did not write it
	return e, nil
}

// Summary gives the report's own summary, once all endpoints have been read;
// nil if it has none.
func (r *Reader) Summary() *Summary {
	if r.summary != nil {
		r.summary.checkPEM()
		cleanAll(r.summary)
	}
	return r.summary
}

// wrong names the place of an error.
func (r *Reader) wrong(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("it breaks off after %d endpoints", r.count)
	}
	return fmt.Errorf("endpoint %d, near byte %d: %w", r.count+1, r.d.InputOffset(), err)
}
