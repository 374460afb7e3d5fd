package build

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A row is one line of a tab-separated table, by the names in its header.
type row struct {
	place string
	field map[string]string
}

// table reads a tab-separated file whose header names at least these columns.
// Lines that begin with # are comments.
func table(name string, r io.Reader, columns ...string) ([]row, error) {
	data, err := slurp(name, r)
	if err != nil {
		return nil, err
	}
	var header []string
	var rows []row
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSuffix(lines.Text(), "\r")
		place := fmt.Sprintf("%s line %d", name, n)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		fields := strings.Split(text, "\t")
		if header == nil {
			for _, c := range columns {
				if !slices.Contains(fields, c) {
					return nil, fmt.Errorf("%s: the header has no column %q", place, c)
				}
			}
			header = fields
			continue
		}
		if len(fields) != len(header) {
			return nil, fmt.Errorf("%s: %d fields, want %d separated by tabs", place, len(fields), len(header))
		}
		x := row{place: place, field: make(map[string]string, len(fields))}
		for i, f := range fields {
			x.field[header[i]] = f
		}
		rows = append(rows, x)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: there is nothing in it", name)
	}
	return rows, nil
}

func (r row) hash(column string) (cert.Hash, error) {
	h, err := parseHash(r.field[column])
	if err != nil {
		return h, fmt.Errorf("%s: %s: %w", r.place, column, err)
	}
	return h, nil
}

// time reads a moment; the zero time where the field is empty.
func (r row) time(column string) (time.Time, error) {
	text := r.field[column]
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	t, err := parseDate(text)
	if err != nil {
		return t, fmt.Errorf("%s: %s: %w", r.place, column, err)
	}
	return t, nil
}

// bytes reads hexadecimal digits.
func (r row) bytes(column string) ([]byte, error) {
	b, err := hex.DecodeString(r.field[column])
	if err != nil || len(b) == 0 {
		return nil, fmt.Errorf("%s: %s: %.40q is no hexadecimal number", r.place, column, r.field[column])
	}
	return b, nil
}

// readChromeStore reads the roots and intermediates that Chrome takes as anchors.
func (b *builder) readChromeStore(name string, r io.Reader) error {
	return b.anchors(name, r, "sct_not_after", func(r row, c *catalog.Constraint) (err error) {
		switch kind := r.field["kind"]; kind {
		case "root":
		case "intermediate-as-anchor":
			c.Intermediate, c.Enforced = true, true
		default:
			return fmt.Errorf("%s: kind %q is neither root nor intermediate-as-anchor", r.place, kind)
		}
		c.From = r.field["constraint_from_version"]
		c.SCTUntil, err = r.time("sct_not_after")
		return err
	})
}

// readMozillaStore reads the roots that NSS trusts for servers.
func (b *builder) readMozillaStore(name string, r io.Reader) error {
	return b.anchors(name, r, "server_distrust_after", func(r row, c *catalog.Constraint) (err error) {
		c.NotBeforeUntil, err = r.time("server_distrust_after")
		return err
	})
}

// readPlainStore reads a store that asks for nothing beside its anchors.
func (b *builder) readPlainStore(name string, r io.Reader) error {
	return b.anchors(name, r, "subject", func(row, *catalog.Constraint) error { return nil })
}

// anchors reads a store of one file, an anchor a line. Which store it is, and
// of which date, is for StoreOf to say.
func (b *builder) anchors(name string, r io.Reader, column string, read func(row, *catalog.Constraint) error) error {
	rows, err := table(name, r, "sha256", column)
	if err != nil {
		return err
	}
	if b.StoreOf == nil {
		return fmt.Errorf("%s: nobody says which store this is", name)
	}
	l := &list{Store: b.StoreOf(name), place: rows[0].place}
	l.Constraints = make(map[cert.Hash]catalog.Constraint)
	for _, r := range rows {
		h, err := r.hash("sha256")
		if err != nil {
			return err
		}
		var c catalog.Constraint
		if err := read(r, &c); err != nil {
			return err
		}
		if slices.Contains(l.anchors, h) {
			return fmt.Errorf("%s: %s stands there twice", r.place, h)
		}
		l.anchors = append(l.anchors, h)
		if c.Dated() || c.Enforced {
			l.Constraints[h] = c
		}
	}
	b.setStore(l)
	return nil
}

// readConstraints reads what stores and policies ask for of anchors, with the header
// "list, anchor_sha256, not_before_until, except_sha256, except_until". list is
// the id of a store, or policy: and the id of a policy.
func (b *builder) readConstraints(name string, r io.Reader) error {
	rows, err := table(name, r, "list", "anchor_sha256", "not_before_until", "except_sha256", "except_until", "date", "source")
	if err != nil {
		return err
	}
	for _, r := range rows {
		anchor, err := r.hash("anchor_sha256")
		if err != nil {
			return err
		}
		date, err := r.time("date")
		if err != nil {
			return err
		}
		m := b.constraintsOf(r.field["list"], r.field["source"], date)
		c := m[anchor]
		if c.NotBeforeUntil, err = r.time("not_before_until"); err != nil {
			return err
		}
		if r.field["except_sha256"] != "" {
			e := catalog.Exception{}
			if e.CA, err = r.hash("except_sha256"); err != nil {
				return err
			}
			if e.NotBeforeUntil, err = r.time("except_until"); err != nil {
				return err
			}
			c.Except = append(c.Except, e)
		}
		m[anchor] = c
	}
	return nil
}

// constraintsOf gives what was read so far of a list. A policy that is read again
// begins anew: what the facts have of it belongs to them.
func (b *builder) constraintsOf(id, source string, date time.Time) map[cert.Hash]catalog.Constraint {
	if b.asked[id] != nil {
		return b.asked[id]
	}
	if b.asked == nil {
		b.asked = make(map[string]map[cert.Hash]catalog.Constraint)
	}
	read := make(map[cert.Hash]catalog.Constraint)
	b.asked[id] = read // of a store: it may be read later
	if policy, ok := strings.CutPrefix(id, "policy:"); ok {
		p := &catalog.Policy{ID: policy, Source: source, Date: date, Constraints: read}
		if i := slices.IndexFunc(b.policies, func(old *catalog.Policy) bool { return old.ID == policy }); i >= 0 {
			b.policies[i] = p
		} else {
			b.policies = append(b.policies, p)
		}
	}
	return read
}

const securityState = "Mozilla's security state of Firefox (MPL-2.0)"

func oneCRL() *catalog.Revocations {
	return &catalog.Revocations{ID: "onecrl", Title: "Mozilla's OneCRL", Source: securityState}
}

// readOneCRL reads Mozilla's list of revoked CA certificates.
func (b *builder) readOneCRL(name string, r io.Reader) error {
	rows, err := table(name, r, "kind", "name_der_hex", "serial_or_spki_sha256_hex", "last_modified", "bug")
	if err != nil {
		return err
	}
	l := oneCRL()
	for _, r := range rows {
		var e catalog.Revocation
		if e.Since, err = r.time("last_modified"); err != nil {
			return err
		}
		if bug := r.field["bug"]; bug != "" {
			e.Reason = "Mozilla bug " + bug
		}
		name, err := r.bytes("name_der_hex")
		if err != nil {
			return err
		}
		switch kind := r.field["kind"]; kind {
		case "issuer-serial":
			e.Issuer = name
			e.Serial, err = r.bytes("serial_or_spki_sha256_hex")
		case "subject-keyhash":
			e.Subject = name
			e.SPKI, err = r.hash("serial_or_spki_sha256_hex")
		default:
			err = fmt.Errorf("%s: kind %q is neither issuer-serial nor subject-keyhash", r.place, kind)
		}
		if err != nil {
			return err
		}
		l.Date = latest(l.Date, e.Since)
		l.Entries = append(l.Entries, e)
	}
	b.setRevoked(l.Indexed())
	return nil
}

// readRevokedKeys reads lists of keys that a client's own code refuses, with the
// header "list, title, spki_sha256, since, reason, date, source".
func (b *builder) readRevokedKeys(name string, r io.Reader) error {
	rows, err := table(name, r, "list", "title", "spki_sha256", "since", "reason", "date", "source")
	if err != nil {
		return err
	}
	lists := make(map[string]*catalog.Revocations)
	for _, r := range rows {
		l := lists[r.field["list"]]
		if l == nil {
			l = &catalog.Revocations{ID: r.field["list"], Title: r.field["title"], Source: r.field["source"]}
			if l.Date, err = r.time("date"); err != nil {
				return err
			}
			lists[l.ID] = l
			b.setRevoked(l)
		}
		e := catalog.Revocation{Reason: r.field["reason"]}
		if e.SPKI, err = r.hash("spki_sha256"); err != nil {
			return err
		}
		if e.Since, err = r.time("since"); err != nil {
			return err
		}
		l.Entries = append(l.Entries, e)
	}
	for _, l := range lists {
		l.Indexed()
	}
	return nil
}

func (b *builder) setRevoked(l *catalog.Revocations) {
	for i, old := range b.revoked {
		if old.ID == l.ID {
			b.revoked[i] = l
			return
		}
	}
	b.revoked = append(b.revoked, l)
}

// readPreloads reads the intermediates that Firefox ships.
func (b *builder) readPreloads(name string, r io.Reader) error {
	rows, err := table(name, r, "sha256", "last_modified")
	if err != nil {
		return err
	}
	p := &preloads{source: securityState}
	for _, r := range rows {
		h, err := r.hash("sha256")
		if err != nil {
			return err
		}
		date, err := r.time("last_modified")
		if err != nil {
			return err
		}
		p.date = latest(p.date, date)
		p.certs = append(p.certs, h)
	}
	b.preloads = p
	return nil
}

// preloads are the intermediates that Firefox ships, by hash.
type preloads struct {
	date   time.Time
	source string
	certs  []cert.Hash
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// trust adds to facts what was read beside certificates and stores.
func (b *builder) trust(f *catalog.Facts, certs map[cert.Hash]*cert.Certificate) *catalog.Facts {
	var shipped *catalog.Preloads
	if p := b.preloads; p != nil {
		shipped = &catalog.Preloads{Date: p.date, Source: p.source}
		var known []*cert.Certificate
		for _, h := range p.certs {
			if c := certs[h]; c != nil {
				known = append(known, c)
			} else {
				shipped.Unknown++
			}
		}
		shipped.Certs = chain.NewSet(known)
	}
	slices.SortFunc(b.policies, func(x, y *catalog.Policy) int { return strings.Compare(x.ID, y.ID) })
	slices.SortFunc(b.revoked, func(x, y *catalog.Revocations) int { return strings.Compare(x.ID, y.ID) })
	return f.WithTrust(b.policies, b.revoked, shipped)
}
