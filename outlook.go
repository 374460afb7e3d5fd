package tlschain

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"slices"
	"time"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// An Outlook gathers endpoints, and tells on which days something turns for
// them. Endpoints differ by their leaves mostly: each chain above a leaf is
// judged once, as of today and as of the days to come.
type Outlook struct {
	engine *Engine
	until  time.Time
	group  string
	ends   []time.Time // of some client's trust in new leaves of some root, ascending
	dates  []time.Time // at which clients trust something else
	chains map[[sha256.Size]byte]*sameChain
}

// A Served chain is what an endpoint was seen to present, as far as its outlook
// goes by it.
type Served struct {
	Endpoint   string
	ServerName string
	Chain      []reports.Hash // as sent
	Leaf       reports.Hash
	Issuer     string // of the leaf
	Refused    []string
	// From when to when the leaf is valid.
	NotBefore, NotAfter time.Time
	DER                 [][]byte // of Chain; nil: Report asks for them
}

// sameChain is what differs by leaves only. All of it is judged by the leaf that
// lasts longest.
type sameChain struct {
	longest Served
	all     []leafOf
}

type leafOf struct {
	endpoint            string
	notBefore, notAfter time.Time
}

// NewOutlook looks ahead up to until. group is that of the audit; empty: none.
func (e *Engine) NewOutlook(group string, until time.Time) *Outlook {
	o := &Outlook{engine: e, until: until, group: group, dates: e.trustDates(until), chains: make(map[[sha256.Size]byte]*sameChain)}
	for _, p := range e.judge.Profiles {
		if p.Conditions != nil {
			o.ends = append(o.ends, p.Conditions.Ends()...)
		}
	}
	slices.SortFunc(o.ends, time.Time.Compare)
	o.ends = slices.CompactFunc(o.ends, time.Time.Equal)
	return o
}

// Add takes in an endpoint. One whose leaf has ended has nothing to come.
func (o *Outlook) Add(s Served) {
	if !s.NotAfter.After(o.engine.At()) {
		return
	}
	key := o.key(&s)
	c := o.chains[key]
	if c == nil {
		c = &sameChain{longest: s}
		o.chains[key] = c
	}
	if s.NotAfter.After(c.longest.NotAfter) {
		c.longest = s
	}
	c.all = append(c.all, leafOf{s.Endpoint, s.NotBefore, s.NotAfter})
}

// AddEndpoint takes in an endpoint of a report. Its certificates are judged if
// they have their bytes, as [Config].PEM gives them.
func (o *Outlook) AddEndpoint(e *reports.Endpoint) {
	s := Served{Endpoint: e.Name(), ServerName: e.ServerName}
	for i := range e.Chain {
		c := &e.Chain[i]
		if c.Role == chain.Leaf {
			s.Leaf, s.Issuer, s.NotBefore, s.NotAfter = c.SHA256, c.Issuer, c.NotBefore, c.NotAfter
		}
		if block, _ := pem.Decode([]byte(c.PEM)); block != nil {
			s.DER = append(s.DER, block.Bytes)
		}
		s.Chain = append(s.Chain, c.SHA256)
	}
	for i := range e.Clients {
		if !e.Clients[i].Accepted {
			s.Refused = append(s.Refused, e.Clients[i].Client)
		}
	}
	o.Add(s)
}

// key tells chains apart whose outlook may differ: by what is sent beside the
// leaf, who issued it, who refuses it, and which ends of trust it was issued
// before.
func (o *Outlook) key(s *Served) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, c := range s.Chain {
		if c != s.Leaf {
			h.Write(c[:])
		}
	}
	passed, _ := slices.BinarySearchFunc(o.ends, s.NotBefore, time.Time.Compare)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(passed)))
	fmt.Fprintf(h, "%q %q", s.Issuer, s.Refused)
	h.Sum(sum[:0])
	return sum
}

// Needs are the certificates that Report has to be given.
func (o *Outlook) Needs() (all []reports.Hash) {
	for _, c := range o.chains {
		if c.longest.DER == nil {
			all = append(all, c.longest.Chain...)
		}
	}
	slices.SortFunc(all, func(a, b reports.Hash) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(all)
}

// Report tells what turns. der are the certificates of Needs.
func (o *Outlook) Report(der map[reports.Hash][]byte) (*reports.Outlook, error) {
	report := &reports.Outlook{EvaluatedAt: o.engine.At().UTC(), Until: o.until.UTC(), Turns: []reports.Turn{}}
	turns := make(map[string]*reports.Turn)
	judges := make(map[time.Time]*rules.Judge)
	var failure error
	later := func(t time.Time) *rules.Judge {
		if judges[t] == nil {
			judge, err := o.engine.judgeAt(t)
			if err != nil { // a file has gone since we began
				failure, judge = err, o.engine.judge
			}
			judges[t] = judge
		}
		return judges[t]
	}
	for _, c := range o.chains {
		outlook := o.engine.judge.Outlook(o.presentation(&c.longest, der), o.until, o.dates, later)
		for _, leaf := range c.all {
			report.Endpoints++
			for _, turn := range outlook.Turns(leaf.notBefore, leaf.notAfter, c.longest.Refused, o.until) {
				addTurn(turns, &turn, reports.TurnEndpoint{Group: o.group, Endpoint: leaf.endpoint})
			}
		}
	}
	for _, t := range turns {
		report.Turns = append(report.Turns, *t)
	}
	report.Sort()
	return report, failure
}

func (o *Outlook) presentation(s *Served, der map[reports.Hash][]byte) rules.Presentation {
	p := rules.Presentation{Name: s.ServerName}
	sent := s.DER
	if sent == nil {
		for _, h := range s.Chain {
			if raw := der[h]; raw != nil {
				sent = append(sent, raw)
			}
		}
	}
	for _, raw := range sent {
		p.Entries = append(p.Entries, o.engine.judge.Read(raw))
	}
	return p
}

// addTurn adds an endpoint to the turn of its day.
func addTurn(turns map[string]*reports.Turn, turn *rules.Turn, e reports.TurnEndpoint) {
	date, about := turn.At.UTC().Format(time.DateOnly), cert.Hash{}
	if turn.Cert != nil {
		about = turn.Cert.SHA256
	}
	clients := turn.Clients
	if turn.Kind == rules.LeafEnds {
		clients = nil // one line, whoever accepts the chain until then
	}
	key := fmt.Sprint(date, turn.Kind, about, turn.Until.Unix(), turn.Days, clients)
	t := turns[key]
	if t == nil {
		t = &reports.Turn{Date: date, Kind: turn.Kind, Reason: reports.Clean(turn.Reason()), Fix: reports.Clean(turn.Fix())}
		if turn.Cert != nil {
			t.Subject = reports.Clean(turn.Cert.Subject.Text)
		}
		turns[key] = t
	}
	t.AddClients(turn.Clients)
	t.Count++
	t.Endpoints = append(t.Endpoints, e)
}
