package reports

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules"
)

//go:embed html.tmpl
var pageTemplate string

//go:embed html.css
var pageStyle string

//go:embed html.js
var pageScript string

// htmlWriter writes one page that needs no network and, to be read, no script.
// It holds each endpoint as rendered text until the end, because the page
// shows the worst first; what it holds and what it writes are bounded.
//
// The page's own style and script are the only ones that its content security
// policy lets run, so that a hole in the escaping would still run nothing.
type htmlWriter struct {
	w        io.Writer
	l        labels
	t        *template.Template
	header   Header
	rows     []htmlRow
	count    int
	omitted  int
	pictures map[string]int
	drawn    []template.HTML // by the numbers in pictures
	drawnLen int
	expiring []expiring
	err      error
}

// An htmlRow is one endpoint, rendered.
type htmlRow struct {
	rank   int
	name   string
	base   []byte // always written
	detail []byte // written while there is room
	entry  indexEntry

	authority   string // the CA that nobody knows at which its chain ends; empty: none
	folded      []byte // base without what is said of that
	foldedEntry indexEntry
}

// The bounds of the page, in endpoints and bytes.
const (
	maxListed    = 100_000
	maxPage      = 26 << 20 // with details
	maxBare      = 58 << 20 // without
	maxPictures  = 6 << 20
	maxExpiring  = 100
	maxFixesOpen = 6 // the others are folded away
	soon         = 30 * 24 * time.Hour
)

func newHTML(w io.Writer, o Options) (Writer, error) {
	h := &htmlWriter{w: w, l: labelsFor(o.Lang), pictures: map[string]int{}}
	t, err := template.New("page").Funcs(template.FuncMap{
		"short": ShortName, "date": htmlDate, "mark": mark, "count": h.l.count, "say": fmt.Sprintf,
		"oldFacts": h.l.oldFacts, "command": h.command,
		"verdict": h.l.verdict, "role": h.l.role, "pems": joinPEM, "lacks": lacksPEM,
	}).Parse(pageTemplate)
	if err != nil {
		return nil, fmt.Errorf("reading the page's template: %w", err)
	}
	h.t = t
	return h, nil
}

func htmlDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02")
}

// joinPEM is the file to copy, or nothing if any certificate's bytes are unknown.
func joinPEM(certs []FixCert) string {
	if lacksPEM(certs) {
		return ""
	}
	var b strings.Builder
	for _, c := range certs {
		b.WriteString(c.PEM)
	}
	return b.String()
}

func lacksPEM(certs []FixCert) bool {
	return slices.ContainsFunc(certs, func(c FixCert) bool { return c.PEM == "" })
}

func (h *htmlWriter) command(m Fix) string { return m.command(h.header.Flags) }

func (h *htmlWriter) Begin(header Header) error {
	h.header = header
	return nil
}

func (h *htmlWriter) Endpoint(e *Endpoint) error {
	e = h.l.translated(e)
	v := h.view(e)
	base, err := h.render("endpoint", v)
	if err != nil {
		return err
	}
	detail, err := h.render("detail", v)
	if err != nil {
		return err
	}
	r := htmlRow{rank: e.rank(), name: v.Name, base: base, detail: detail, entry: entryOf(v)}
	if other, authority := e.withoutAuthority(); other != nil {
		v.fold(other, h.l)
		r.authority, r.foldedEntry = authority, entryOf(v)
		if r.folded, err = h.render("endpoint", v); err != nil {
			return err
		}
	}
	h.rows = append(h.rows, r)
	h.expires(e, v.ID)
	if len(h.rows) >= 2*maxListed {
		h.trim()
	}
	return nil
}

func (h *htmlWriter) render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := h.t.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("rendering an endpoint: %w", err)
	}
	return b.Bytes(), nil
}

// trim sorts worst first and keeps what will be listed.
func (h *htmlWriter) trim() {
	slices.SortStableFunc(h.rows, func(a, b htmlRow) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name))
	})
	if extra := len(h.rows) - maxListed; extra > 0 {
		h.omitted += extra
		h.rows = slices.Clone(h.rows[:maxListed])
	}
}

// fit leaves out those that the page has no room for, the best of all.
func (h *htmlWriter) fit() {
	size := 0
	for i, r := range h.rows {
		if size += len(r.base) + len(r.entry.text) + len(r.name); size > maxBare {
			h.omitted += len(h.rows) - i
			h.rows = h.rows[:i]
			return
		}
	}
}

// draw gives the number of a picture, which many endpoints share, or -1 if
// there is no more room for new ones.
func (h *htmlWriter) draw(p picture) int {
	b, err := h.render("picture", p)
	if err != nil {
		h.err = err
		return -1
	}
	key := string(b)
	if n, ok := h.pictures[key]; ok {
		return n
	}
	if h.drawnLen+len(b) > maxPictures {
		return -1
	}
	h.drawnLen += len(b)
	h.pictures[key] = len(h.drawn)
	h.drawn = append(h.drawn, template.HTML(key)) // made by html/template
	return len(h.drawn) - 1
}

// An expiring certificate ends within 30 days of the report's date.
type expiring struct {
	At     time.Time
	ID     int
	Name   string // of the endpoint
	What   string // the certificate
	Days   int
	IsPast bool
}

func (h *htmlWriter) expires(e *Endpoint, id int) {
	now := h.header.EvaluatedAt
	at := e.Expires()
	if e.Status == Failed || now.IsZero() || at.IsZero() || at.Sub(now) > soon {
		return
	}
	x := expiring{At: at, ID: id, Name: e.Name(), What: h.l.Leaf, IsPast: at.Before(now), Days: int(at.Sub(now).Abs().Hours() / 24)}
	for i := range e.Chain {
		if c := &e.Chain[i]; c.NotAfter.Equal(at) && c.Role != "leaf" {
			x.What = ShortName(c.Subject)
		}
	}
	h.expiring = append(h.expiring, x)
	if len(h.expiring) >= 2*maxExpiring {
		h.sortExpiring()
	}
}

func (h *htmlWriter) sortExpiring() {
	slices.SortStableFunc(h.expiring, func(a, b expiring) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Name, b.Name))
	})
	h.expiring = h.expiring[:min(len(h.expiring), maxExpiring)]
}

// A page is what the template's outer parts see.
type page struct {
	L           labels
	Lang        string
	Header      Header
	Summary     Summary
	Counts      []stateCount
	Intercepted []step
	Fixes       []fixView
	MoreFixes   []fixView
	Expiring    []expiring
	Clients     []ClientCount
	Refusers    []string
	Rules       []ruleText
	Omitted     int
	Paged       int // endpoints that the script shows
	Pictures    []template.HTML
	Style       template.CSS
	Script      template.JS
	Policy      string
}

type fixView struct {
	Fix
	L labels
}

type stateCount struct {
	State, Mark, Label string
	N                  int
	X, W               int // of the bar, in thousandths
}

type ruleText struct {
	ID, Severity, Mark, Title string
	Why, Fix                  []string // paragraphs
	Refs                      []string
	Count                     int
}

func (h *htmlWriter) End(s Summary) error {
	if h.err != nil {
		return h.err
	}
	for i := range h.rows { // the CA is named once, above
		if r := &h.rows[i]; r.authority != "" && s.under(r.authority) {
			r.base, r.entry = r.folded, r.foldedEntry
		}
	}
	h.trim()
	h.fit()
	h.sortExpiring()
	p := page{
		L: h.l, Lang: h.l.lang, Header: h.header, Summary: s, Intercepted: h.l.interceptions(s), Expiring: h.expiring,
		Clients: slices.Clone(s.Clients), Refusers: refusers(s, 5), Omitted: h.omitted,
		Pictures: h.drawn, Style: template.CSS(pageStyle), Script: template.JS(pageScript),
		Policy: "default-src 'none'; img-src data:; style-src '" + digest(pageStyle) + "'; script-src '" + digest(pageScript) +
			"'; base-uri 'none'; form-action 'none'",
	}
	if len(h.rows) > pagedFrom {
		p.Paged = len(h.rows) - pageRows
	}
	for i, m := range s.Fixes {
		if i < maxFixesOpen && (i < 3 || m.Endpoints > 1) {
			p.Fixes = append(p.Fixes, fixView{m, h.l})
		} else {
			p.MoreFixes = append(p.MoreFixes, fixView{m, h.l})
		}
	}
	slices.SortStableFunc(p.Clients, func(a, b ClientCount) int { return cmp.Compare(b.Rejected, a.Rejected) })
	seen := 0
	for _, c := range []stateCount{
		{"error", markError, h.l.Error, s.Severity.Error, 0, 0}, {"failed", markFailed, h.l.Failed, s.Failed, 0, 0},
		{"warning", markWarning, h.l.Warning, s.Severity.Warning, 0, 0}, {"info", markInfo, h.l.Info, s.Severity.Info, 0, 0},
		{"ok", markOK, h.l.OK, s.Severity.OK, 0, 0},
	} {
		c.X = 1000 * seen / max(1, s.Endpoints)
		seen += c.N
		c.W = 1000*seen/max(1, s.Endpoints) - c.X
		p.Counts = append(p.Counts, c)
	}
	for _, f := range s.Findings {
		p.Rules = append(p.Rules, explain(f, h.l.lang))
	}
	return h.write(p)
}

// explain gives a rule's general texts.
func explain(f FindingCount, lang string) ruleText {
	out := ruleText{ID: f.Rule, Severity: f.Severity.String(), Mark: mark(f.Severity), Title: f.Rule, Count: f.Count}
	if r := rules.Lookup(f.Rule); r != nil {
		t := r.Text(lang)
		out.Title, out.Refs = t.Title, r.Refs
		out.Why, out.Fix = strings.Split(t.Why, "\n"), strings.Split(t.Fix, "\n")
	}
	return out
}

// write puts the page together, with details while there is room.
func (h *htmlWriter) write(p page) error {
	if err := h.t.ExecuteTemplate(h.w, "top", p); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	room := maxPage - h.drawnLen
	for _, r := range h.rows {
		room -= len(r.base)
	}
	left, err := h.render("nodetail", p)
	if err != nil {
		return err
	}
	var out rowWriter = plainRows{h.w}
	if len(h.rows) > pagedFrom {
		out = &pagedRows{w: h.w}
	}
	for _, r := range h.rows {
		detail := r.detail
		if room -= len(detail); room < 0 {
			room += len(detail)
			detail = left
		}
		if err := out.row(r, detail); err != nil {
			return err
		}
	}
	if err := out.end(); err != nil {
		return err
	}
	if err := h.t.ExecuteTemplate(h.w, "bottom", p); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// digest is how a content security policy names an inline style or script.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
