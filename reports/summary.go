package reports

import (
	"bytes"
	"cmp"
	"encoding/pem"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A Summary closes a report.
type Summary struct {
	Endpoints    int            `json:"endpoints"`
	OK           int            `json:"ok" doc:"endpoints whose chain was captured"`
	Failed       int            `json:"failed" doc:"endpoints without a chain"`
	Interrupted  bool           `json:"interrupted" doc:"the scan was stopped before its last target"`
	Severity     Levels         `json:"severity" doc:"captured endpoints by their worst finding that is not waived"`
	Presentation Levels         `json:"presentation" doc:"captured endpoints by their presentation"`
	Errors       []Count        `json:"errors" doc:"endpoints by error code, most frequent first"`
	Findings     []FindingCount `json:"findings" doc:"by rule, most frequent first; waived ones apart"`
	Clients      []ClientCount  `json:"clients" doc:"endpoints that each client accepts and rejects, in the order of the header"`
	Fixes        []Fix          `json:"mends" doc:"endpoints grouped by the corrected bundle that fixes them, most frequent first; bounded"`
	FixesOmitted int            `json:"mends_omitted" doc:"endpoints whose fix is not among those listed"`

	Skipped        []Skipped `json:"skipped" doc:"what was given and could not be used: lines of lists, and files; bounded" added:"yes"`
	SkippedOmitted int       `json:"skipped_omitted" doc:"how many more were skipped than are listed" added:"yes"`

	Interception []Interception `json:"interception,omitempty" doc:"CAs that nobody knows above many unrelated names: a proxy that opens TLS is suspected (interception-suspected)" added:"yes"`

	Outlook *Outlook `json:"outlook,omitempty" doc:"on which days something changes; present with --until"`

	others      int    // endpoints with nothing to fix but in another handshake, such as the one for RSA
	otherTarget string // one of them, as it is typed

	failedTarget string // one without a chain, as it is typed
}

// A Skipped line of a list, or file, is one that nothing was made of.
type Skipped struct {
	Line   string `json:"line" doc:"where it stands, such as hosts.txt:3, or the file or the argument itself"`
	Reason string `json:"reason"`

	file   string // that it stands in, or is; empty: an argument, or a report does not tell
	number int    // of the line; 0: the file itself
}

// Levels counts endpoints by severity.
type Levels struct {
	OK      int `json:"ok"`
	Info    int `json:"info"`
	Warning int `json:"warning"`
	Error   int `json:"error"`
}

func (l *Levels) add(s rules.Severity) {
	*[...]*int{&l.OK, &l.Info, &l.Warning, &l.Error}[s]++
}

// A Count is how many endpoints have a code.
type Count struct {
	Code      string `json:"code"`
	Endpoints int    `json:"endpoints"`
}

// A FindingCount is how often a rule fired.
type FindingCount struct {
	Rule     string         `json:"rule"`
	Severity rules.Severity `json:"severity" enum:"info,warning,error" doc:"the worst"`
	Count    int            `json:"count" doc:"findings that are not waived"`
	Waived   int            `json:"waived" doc:"findings that are"`
}

// A ClientCount is how many endpoints work for a client.
type ClientCount struct {
	Client   string `json:"client"`
	Accepted int    `json:"accepted"`
	Rejected int    `json:"rejected"`
}

// A Fix is one corrected bundle and the endpoints that need it.
type Fix struct {
	BundleSHA256 Hash      `json:"bundle_sha256"`
	Endpoints    int       `json:"endpoints"`
	Targets      []string  `json:"targets" doc:"the first ten of them by name"`
	Certificates []FixCert `json:"certificates" doc:"after the leaf, in order"`

	example  string // the worst of them, as it is typed; empty: all are waived, or came on standard input
	worst    rules.Severity
	mended   bool // a list of certificates mends all errors of the example, for all clients
	refusing int  // clients that refuse the example
	unwaived int  // endpoints with a finding that is not waived
	leaf     Hash // of the first of them
	leaves   bool // not all have that leaf
}

// A FixCert is one certificate of a corrected bundle.
type FixCert struct {
	SHA256   Hash      `json:"sha256"`
	Subject  string    `json:"subject" doc:"RFC 4514"`
	NotAfter time.Time `json:"not_after" null:"yes"`
	PEM      string    `json:"pem" text:"pem" doc:"empty where only facts about the certificate are known"`
}

// What a summary holds at the most, so that a scan of millions stays in bounds.
const (
	maxFixesKept  = 10_000 // distinct bundles told apart while counting
	maxFixesShown = 200
	maxFixTargets = 10
	maxSkipped    = 1000
)

// A Tally counts endpoints as they pass. The zero value is ready.
type Tally struct {
	s        Summary
	errors   map[string]int
	findings map[string]*FindingCount
	clients  map[string]int // index into s.Clients
	fixes    map[Hash]*Fix

	authorities authorities
	ignored     []string // rules
}

// Add counts one endpoint.
func (t *Tally) Add(e *Endpoint) {
	if t.fixes == nil {
		t.errors, t.findings = map[string]int{}, map[string]*FindingCount{}
		t.clients, t.fixes = map[string]int{}, map[Hash]*Fix{}
	}
	t.s.Endpoints++
	if e.Error != nil {
		t.errors[e.Error.Code]++
	}
	if e.Status == Failed {
		t.s.Failed++
		if typed := e.toType(); t.s.failedTarget == "" || typed != "" && typed < t.s.failedTarget {
			t.s.failedTarget = typed
		}
		return
	}
	t.s.OK++
	t.s.Severity.add(e.Worst())
	t.s.Presentation.add(e.Presentation)
	t.authorities.add(e)
	for i := range e.Findings {
		t.finding(&e.Findings[i])
	}
	for i := range e.Clients {
		t.client(i, &e.Clients[i])
	}
	if e.NeedsFix() {
		t.fix(e)
	} else if e.otherHandshakeNeedsFix() {
		if typed := e.toType(); typed != "" {
			t.s.others++
			if t.s.otherTarget == "" || typed < t.s.otherTarget {
				t.s.otherTarget = typed
			}
		}
	}
}

// Skip counts what could not be used.
func (t *Tally) Skip(line, reason string) { t.skip(Skipped{Line: line, Reason: reason}) }

// SkipLine is Skip of a line of a file, or with 0 of the file itself.
func (t *Tally) SkipLine(file string, line int, reason string) {
	s := Skipped{Line: file, Reason: reason, file: Clean(file), number: line}
	if line > 0 {
		s.Line = fmt.Sprintf("%s:%d", file, line)
	}
	t.skip(s)
}

func (t *Tally) skip(s Skipped) {
	if len(t.s.Skipped) >= maxSkipped {
		t.s.SkippedOmitted++
		return
	}
	s.Line, s.Reason = Clean(s.Line), Clean(s.Reason)
	t.s.Skipped = append(t.s.Skipped, s)
}

// Skipped is how many were.
func (t *Tally) Skipped() int { return len(t.s.Skipped) + t.s.SkippedOmitted }

func (t *Tally) finding(f *Finding) {
	c := t.findings[f.Rule]
	if c == nil {
		c = &FindingCount{Rule: f.Rule}
		t.findings[f.Rule] = c
	}
	c.Severity = max(c.Severity, f.Severity)
	if f.Waived {
		c.Waived++
	} else {
		c.Count++
	}
}

// client counts a verdict that is at i in its list, where most lists have the
// client.
func (t *Tally) client(i int, c *Client) {
	if i >= len(t.s.Clients) || t.s.Clients[i].Client != c.Client {
		known := false
		if i, known = t.clients[c.Client]; !known {
			i = len(t.s.Clients)
			t.clients[c.Client] = i
			t.s.Clients = append(t.s.Clients, ClientCount{Client: c.Client})
		}
	}
	if c.Accepted {
		t.s.Clients[i].Accepted++
	} else {
		t.s.Clients[i].Rejected++
	}
}

func (t *Tally) fix(e *Endpoint) {
	m := t.fixes[e.BundleSHA256]
	if m == nil {
		if len(t.fixes) >= maxFixesKept {
			t.s.FixesOmitted++
			return
		}
		m = &Fix{BundleSHA256: e.BundleSHA256, Certificates: e.bundle()}
		t.fixes[e.BundleSHA256] = m
	}
	m.Endpoints++
	m.consider(e)
	// The same ones whatever came first.
	name := e.Name()
	if i, known := slices.BinarySearch(m.Targets, name); !known && i < maxFixTargets {
		m.Targets = slices.Insert(m.Targets, i, name)[:min(len(m.Targets)+1, maxFixTargets)]
	}
}

// consider makes the worst endpoint the example of its fix, the same whatever
// came first.
func (m *Fix) consider(e *Endpoint) {
	worst := e.Worst()
	if worst == rules.None {
		return
	}
	m.unwaived++
	for i := range e.Chain {
		if leaf := e.Chain[i]; leaf.Role == chain.Leaf {
			m.leaves = m.leaves || m.unwaived > 1 && leaf.SHA256 != m.leaf
			m.leaf = leaf.SHA256
		}
	}
	refusing := 0
	for i := range e.Clients {
		if !e.Clients[i].Accepted {
			refusing++
		}
	}
	typed, mended := e.toType(), !e.partial && !e.errsBeyondList()
	if typed == "" || m.example != "" && (m.mended && !mended || m.mended == mended &&
		cmp.Or(cmp.Compare(worst, m.worst), cmp.Compare(refusing, m.refusing), cmp.Compare(m.example, typed)) <= 0) {
		return
	}
	m.example, m.mended, m.worst, m.refusing = typed, mended, worst, refusing
}

// errsBeyondList reports whether an error is about the leaf, such as another name:
// no list of certificates mends that, so fix would write nothing.
func (e *Endpoint) errsBeyondList() bool {
	return slices.ContainsFunc(e.Findings, func(f Finding) bool {
		return !f.Waived && f.Severity == rules.Error && rules.AboutLeaf(f.Rule)
	})
}

// adopt takes over what another summary of the same endpoints knows beside what
// is written down.
func (s *Summary) adopt(counted Summary) {
	s.others, s.otherTarget, s.failedTarget = counted.others, counted.otherTarget, counted.failedTarget
	for i := range s.Fixes {
		m := &s.Fixes[i]
		for _, c := range counted.Fixes {
			if c.BundleSHA256 == m.BundleSHA256 {
				m.example, m.mended, m.worst, m.refusing, m.unwaived, m.leaves = c.example, c.mended, c.worst, c.refusing, c.unwaived, c.leaves
			}
		}
	}
}

// Summary gives what was counted so far.
func (t *Tally) Summary(interrupted bool) Summary {
	s := t.s
	s.Interrupted = interrupted
	s.Clients = slices.Clone(s.Clients)
	for code, n := range t.errors {
		s.Errors = append(s.Errors, Count{code, n})
	}
	slices.SortFunc(s.Errors, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Endpoints, a.Endpoints), cmp.Compare(a.Code, b.Code))
	})
	for _, c := range t.findings {
		s.Findings = append(s.Findings, *c)
	}
	t.suspectInterception(&s)
	slices.SortFunc(s.Findings, func(a, b FindingCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Rule, b.Rule))
	})
	fixes := slices.SortedFunc(maps.Values(t.fixes), func(a, b *Fix) int {
		return cmp.Or(cmp.Compare(b.Endpoints, a.Endpoints), bytes.Compare(a.BundleSHA256[:], b.BundleSHA256[:]))
	})
	for i, m := range fixes {
		if i < maxFixesShown {
			s.Fixes = append(s.Fixes, *m)
		} else {
			s.FixesOmitted += m.Endpoints
		}
	}
	return s
}

// Worst is the worst severity of the findings that are not waived.
func (e *Endpoint) Worst() rules.Severity {
	worst := rules.None
	for i := range e.Findings {
		if f := &e.Findings[i]; !f.Waived {
			worst = max(worst, f.Severity)
		}
	}
	return worst
}

// NeedsFix reports whether a corrected bundle is known that differs from what
// was sent after the leaf.
func (e *Endpoint) NeedsFix() bool {
	return !e.BundleSHA256.IsZero() && e.BundleSHA256 != e.sent()
}

// otherHandshakeNeedsFix reports whether what the server sends in another
// handshake is at fault: fix writes the file for each.
func (e *Endpoint) otherHandshakeNeedsFix() bool {
	return slices.ContainsFunc(e.Findings, func(f Finding) bool {
		r := rules.Lookup(f.Rule)
		return f.Variant != "" && !f.Waived && f.Severity >= rules.Warning && r != nil && r.Class == rules.ClassPresentation
	})
}

// sent is the bundle hash of what was presented: of everything but the leaf,
// if that came first.
func (e *Endpoint) sent() Hash {
	if len(e.Chain) == 0 || e.Chain[0].Role != "leaf" {
		return Hash{}
	}
	return cert.HashOf(func(yield func(Hash) bool) {
		for i := range e.Chain[1:] {
			if !yield(e.Chain[1+i].SHA256) {
				return
			}
		}
	})
}

// bundle describes the corrected certificates after the leaf.
func (e *Endpoint) bundle() []FixCert {
	out := make([]FixCert, len(e.Bundle))
	for i, h := range e.Bundle {
		out[i].SHA256 = h
		if c := e.Find(h); c != nil {
			out[i].Subject, out[i].NotAfter = c.Subject, c.NotAfter
		}
		if i < len(e.fix) {
			out[i].PEM = pemOf(e.fix[i])
		}
	}
	return out
}

func pemOf(c *cert.Certificate) string {
	if c.Raw == nil {
		return ""
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// MarshalJSON writes an unknown date as null.
func (m FixCert) MarshalJSON() ([]byte, error) {
	b := m.SHA256.AppendJSON([]byte(`{"sha256":`))
	b = appendText(append(b, `,"subject":`...), m.Subject)
	b = appendTime(append(b, `,"not_after":`...), m.NotAfter)
	b = appendText(append(b, `,"pem":`...), m.PEM)
	return append(b, '}'), nil
}
