package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A briefReader gives endpoints back what a brief report has once for all.
type briefReader struct {
	sent    map[Hash]*Certificate
	unsent  map[Hash]*Unsent
	lacking map[Hash]bool // mentioned and not described
	joined  bool          // several reports in one file
	waiting []json.RawMessage
	bytes   int64
	all     bool  // what is there was read
	broken  error // at its end
}

// maxHeld bounds what is held of a brief document until its certificates come.
const maxHeld = 4 << 30

// What is held of a packed file is bounded by its own size, too: a bomb of some
// megabytes has gigabytes in it. A report of many endpoints has a tenth of this.
const (
	heldAnyway    = 256 << 20
	heldPerPacked = 64
)

// packed is what a reader of a packed file tells of it, for the bounds of what
// it unpacks to.
type packed interface {
	PackedBytes() int64 // that were read so far
}

// mayHold takes so many bytes of a report into memory for long.
func (r *Reader) mayHold(n int64) error {
	b := &r.brief
	if b.bytes += n; b.bytes > maxHeld {
		return fmt.Errorf("a brief document of more than %d GiB is too large to read: use ndjson", maxHeld>>30)
	}
	if r.packed != nil && b.bytes > heldAnyway+heldPerPacked*r.packed.PackedBytes() {
		return fmt.Errorf("it unpacks to more than %d MiB and %d times its size, all of which would have to be held", heldAnyway>>20,
			heldPerPacked)
	}
	return nil
}

// maxLacking bounds what is remembered of certificates that nobody describes.
const maxLacking = 100_000

// Lacking is how many certificates the report mentions and describes nowhere:
// only their hashes are known. It is known at the end.
func (r *Reader) Lacking() int { return len(r.brief.lacking) }

func (l *briefLine) record() bool {
	return l.Report != nil || l.Certificate != nil || l.Described != nil || l.Summary != nil
}

// note takes a line of brief NDJSON that is no endpoint.
func (r *Reader) note(l *briefLine, size int64) error {
	switch {
	case l.Report != nil:
		r.brief.joined = r.brief.joined || r.Header.Detail == briefDetail || r.count > 0
		r.summary = nil
		r.Header = *l.Report
		return r.checkVersion(false)
	case l.Summary != nil && !r.brief.joined:
		r.summary = l.Summary
	case l.Certificate != nil:
		r.brief.certificate(l.Certificate)
		return r.heldLine(size)
	case l.Described != nil:
		r.brief.other(l.Described)
		return r.heldLine(size)
	}
	return nil
}

// describedSize is about what a certificate takes that is described, beside the
// bytes of the description.
const describedSize = 1 << 10

func (b *briefReader) certificate(c *Certificate) {
	if b.sent == nil {
		b.sent = map[Hash]*Certificate{}
	}
	c.PEM = checkedPEM(c.PEM, c.SHA256)
	b.sent[c.SHA256] = c
}

func (b *briefReader) other(u *Unsent) {
	if b.unsent == nil {
		b.unsent = map[Hash]*Unsent{}
	}
	b.unsent[u.SHA256] = u
}

func (r *Reader) heldLine(size int64) error {
	if err := r.mayHold(describedSize + size); err != nil {
		return r.wrong(err)
	}
	return nil
}

// describe reads the certificates of a brief document.
func (r *Reader) describe(sent bool) error {
	if t, err := r.d.Token(); err != nil || t != json.Delim('[') {
		return errors.Join(err, errors.New("certificates are no array"))
	}
	for r.d.More() {
		r.bound.next()
		start := r.d.InputOffset()
		var err error
		if sent {
			c := new(Certificate)
			err = r.d.Decode(c)
			r.brief.certificate(c)
		} else {
			u := new(Unsent)
			err = r.d.Decode(u)
			r.brief.other(u)
		}
		if err == nil {
			err = r.mayHold(describedSize + r.d.InputOffset() - start)
		}
		if err != nil {
			return err
		}
	}
	_, err := r.d.Token()
	return err
}

// holds reports whether endpoints have to wait: a brief document describes its
// certificates behind them.
func (b *briefReader) holds(r *Reader) bool {
	return !r.lines && r.Header.Detail == briefDetail && (b.all || b.sent == nil)
}

// held gives the next of the endpoints that waited, and at last what broke off
// the document that they are of.
func (r *Reader) held() (*Endpoint, error) {
	b := &r.brief
	if !b.all {
		b.broken = r.hold()
		b.all = true
	}
	if len(b.waiting) == 0 {
		return nil, b.broken
	}
	var e briefEndpoint
	if err := json.Unmarshal(b.waiting[0], &e); err != nil {
		return nil, r.wrong(err)
	}
	b.waiting[0], b.waiting = nil, b.waiting[1:]
	return r.endpoint(&e)
}

// hold reads to the end of the document.
func (r *Reader) hold() error {
	b := &r.brief
	for r.d.More() {
		r.bound.next()
		var raw json.RawMessage
		if err := r.d.Decode(&raw); err != nil {
			return r.wrong(err)
		}
		if err := r.mayHold(int64(len(raw))); err != nil {
			return r.wrong(err)
		}
		b.waiting = append(b.waiting, raw)
	}
	if _, err := r.d.Token(); err != nil {
		return r.wrong(err)
	}
	return r.members(false)
}

// expand makes a full endpoint of a brief one. A full one stays as it is.
func (b *briefReader) expand(e *briefEndpoint, clients []string) error {
	if e.Verdicts == nil {
		return nil
	}
	for i := range e.Chain {
		c := &e.Chain[i]
		if known := b.sent[c.SHA256]; known != nil {
			position, role := c.Position, c.Role
			*c = *known
			c.Position, c.Role = position, role
		} else {
			b.lacks(c.SHA256)
		}
	}
	e.Endpoint.Unsent = make([]Unsent, len(e.Unsent))
	for i, h := range e.Unsent {
		e.Endpoint.Unsent[i].SHA256 = h
		if known := b.unsent[h]; known != nil {
			e.Endpoint.Unsent[i] = *known
		} else {
			b.lacks(h)
		}
	}
	for i := range e.Findings {
		if f := &e.Findings[i]; f.Clients == nil {
			f.Clients = byName(clients)
		}
	}
	return e.spread(clients)
}

func (b *briefReader) lacks(h Hash) {
	if b.lacking == nil {
		b.lacking = map[Hash]bool{}
	}
	if len(b.lacking) < maxLacking {
		b.lacking[h] = true
	}
}

// spread gives each client its verdict: in the order of the header, if there
// is a verdict of most of them.
func (e *briefEndpoint) spread(clients []string) error {
	var most *briefVerdict
	named := map[string]*briefVerdict{}
	for i := range e.Verdicts {
		v := &e.Verdicts[i]
		if v.Path < 0 || v.Path >= len(e.Paths) {
			return fmt.Errorf("a verdict has path %d of %d", v.Path, len(e.Paths))
		}
		if len(v.Clients) == 0 {
			most = v
		}
		for _, c := range v.Clients {
			named[c] = v
			e.Clients = append(e.Clients, v.of(c, e.Paths))
		}
	}
	if most == nil {
		return nil
	}
	e.Clients = nil
	for _, c := range clients {
		v := named[c]
		if v == nil {
			v = most
		}
		e.Clients = append(e.Clients, v.of(c, e.Paths))
	}
	return nil
}

func (v *briefVerdict) of(client string, paths [][]Hash) Client {
	return Client{Client: client, Accepted: v.Accepted, By: v.By, Reason: v.Reason, ReasonCode: v.Code, Path: paths[v.Path]}
}

// maxValue bounds what one endpoint, or one member of a document, may take: a
// packed file of a few kilobytes could else fill the memory.
const maxValue = 64 << 20

// maxObjects and maxCommas bound what those bytes may unfold to: an object of
// two bytes becomes one of hundreds.
const (
	maxObjects = 250_000
	maxCommas  = 2_000_000
)

// maxRead is how much is read at a time, so that what is counted is of the value
// under way.
const maxRead = 64 << 10

// bounded ends a file that has too much without an end of a value.
type bounded struct {
	r                  io.Reader
	n, objects, commas int
}

func (b *bounded) next() { b.n, b.objects, b.commas = 0, 0, 0 }

func (b *bounded) Read(p []byte) (int, error) {
	if b.n > maxValue {
		return 0, fmt.Errorf("one endpoint has more than %d MiB", maxValue>>20)
	}
	if b.objects > maxObjects || b.commas > maxCommas {
		return 0, fmt.Errorf("one endpoint has more than %d objects or %d values", maxObjects, maxCommas)
	}
	n, err := b.r.Read(p[:min(len(p), maxValue-b.n+1, maxRead)])
	b.n += n
	b.objects += bytes.Count(p[:n], []byte("{"))
	b.commas += bytes.Count(p[:n], []byte(","))
	return n, err
}
