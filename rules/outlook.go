package rules

import (
	"cmp"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/client"
)

// An Outlook is what is to come for a chain, whichever leaf it has: how long
// clients take what is above the leaf, and the next leaves of the same CA.
// Endpoints that differ by their leaves alone share it.
type Outlook struct {
	at         time.Time
	accepting  []string         // clients that accept today, in the order of the profiles
	rejections []FirstRejection // of those, and of clients that have come to refuse it by what they trust
	phaseOuts  []*phaseOut
	public     bool // some client's path ends at a root that is bound by the Baseline Requirements
}

// Outlook looks ahead for a presentation up to until; dates and later are as for
// [Judge.Forecast].
func (j *Judge) Outlook(p Presentation, until time.Time, dates []time.Time, later func(time.Time) *Judge) *Outlook {
	s := j.subject([]Presentation{p}, 0)
	o := &Outlook{at: j.At, public: s.underPublicRoot()}
	for _, v := range s.Clients {
		if v.Accepted {
			o.accepting = append(o.accepting, v.Client)
		}
	}
	for _, r := range j.forecast(p, s.Clients, until, dates, later) {
		// What else is refused today is for rules to tell, and it may be that the
		// presentation is not all that the client was shown.
		if r.At.After(j.At) || r.Cause == client.Revoked || r.Cause == client.Distrusted && !s.unlogged(&r) {
			o.rejections = append(o.rejections, r)
		}
	}
	for i, v := range s.Clients {
		if root, end := s.trustEnd(j.Profiles[i], v); root != nil {
			o.phaseOuts = addPhaseOut(o.phaseOuts, root, end, v.Client)
		}
	}
	return o
}

// unlogged reports whether a client asks for timestamps, and none is known: they
// may have come beside the leaf.
func (s *Subject) unlogged(r *FirstRejection) bool {
	return r.Problem.Code == client.CodeLoggedTooLate && len(s.leaf().SCTs)+len(s.SCTs) == 0
}

// trustEnd gives the root and the last moment at which a client takes a new leaf
// in the place of this chain's; nil: no end is set. Where the chain leads to
// other roots, too, it is the end of the last.
func (s *Subject) trustEnd(p *client.Profile, v client.Verdict) (root *cert.Certificate, end time.Time) {
	for range maxDates {
		if !v.Accepted || len(v.Path) < 2 || p.Conditions == nil {
			return root, end
		}
		until := p.Conditions.Until(v.Path)
		if until.IsZero() {
			return nil, until
		}
		root, end = v.Path[len(v.Path)-1], until
		v = s.issuedLater(p, until.Add(time.Second))
	}
	return root, end
}

// addPhaseOut adds a client to those that end their trust in a root at a moment.
func addPhaseOut(all []*phaseOut, root *cert.Certificate, until time.Time, id string) []*phaseOut {
	at := slices.IndexFunc(all, func(o *phaseOut) bool { return o.root.SHA256 == root.SHA256 && o.until.Equal(until) })
	if at < 0 {
		at = len(all)
		all = append(all, &phaseOut{root: root, until: until})
	}
	all[at].clients = append(all[at].clients, id)
	return all
}

// A TurnKind is what turns on a day.
type TurnKind string

// The kinds of turns.
const (
	LeafEnds         TurnKind = "leaf-end"         // the server's certificate
	IntermediateEnds TurnKind = "intermediate-end" // a CA certificate on a client's path
	AnchorEnds       TurnKind = "anchor-end"       // the root at the end of it
	RevokedFrom      TurnKind = "revoked"          // a certificate that the path needs
	DistrustedFrom   TurnKind = "distrusted"       // the root, for leaves as this one
	StoreChanges     TurnKind = "store"            // a client has other roots from then on
	IssuanceEnds     TurnKind = "issuance-end"     // what the root issues from then on is refused
	NextRefused      TurnKind = "phase-out"        // the renewal is after that day
	LifetimeStep     TurnKind = "lifetime"         // public CAs issue for less time
)

// A Turn is something that changes for an endpoint on a day.
type Turn struct {
	At      time.Time // the first moment at which it is otherwise
	Kind    TurnKind
	Clients []string          // that refuse from then on; none: it is not about single clients
	Cert    *cert.Certificate // that it is about; nil: the leaf
	Until   time.Time         // of IssuanceEnds and NextRefused: the last moment of what is issued and trusted
	Days    int               // of LifetimeStep: the longest lifetime
}

// Turns gives what is to come up to until for an endpoint with a leaf that is
// valid from issued to end, in order of time. refused are clients that refuse
// the endpoint already, for whatever reason.
func (o *Outlook) Turns(issued, end time.Time, refused []string, until time.Time) (turns []Turn) {
	add := func(t Turn) {
		if !t.At.After(until) {
			turns = append(turns, t)
		}
	}
	goes := func(id string) bool { return !slices.Contains(refused, id) }
	gone := end.Add(time.Second)
	left := slices.DeleteFunc(slices.Clone(o.accepting), func(id string) bool { return !goes(id) })
	for _, r := range o.rejections {
		if !r.At.Before(gone) || r.At.After(until) || !goes(r.Client) {
			continue
		}
		left = slices.DeleteFunc(left, func(id string) bool { return id == r.Client })
		turns = addTurn(turns, r.turn(), r.Client)
	}
	add(Turn{At: gone, Kind: LeafEnds, Clients: left})
	renewal := usualRenewal(issued, end)
	if renewal.Before(o.at) {
		renewal = o.at // late: it comes at any moment
	}
	for _, p := range o.phaseOuts {
		clients := slices.DeleteFunc(slices.Clone(p.clients), func(id string) bool { return !goes(id) })
		if len(clients) == 0 {
			continue
		}
		if p.until.After(o.at) {
			add(Turn{At: p.until.Add(time.Second), Kind: IssuanceEnds, Clients: clients, Cert: p.root, Until: p.until})
		}
		if renewal.After(p.until) {
			add(Turn{At: renewal, Kind: NextRefused, Clients: clients, Cert: p.root, Until: p.until})
		}
	}
	for _, b := range lifetimeBounds {
		if o.public && b.from.After(o.at) && end.Sub(issued)+time.Second > time.Duration(b.days)*day {
			add(Turn{At: b.from, Kind: LifetimeStep, Days: b.days})
		}
	}
	slices.SortStableFunc(turns, func(a, b Turn) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind)) })
	return turns
}

// turn is a rejection as something that turns.
func (r *FirstRejection) turn() Turn {
	t := Turn{At: r.At, Cert: r.Ended, Kind: IntermediateEnds}
	switch {
	case r.Ended != nil && r.Anchor:
		t.Kind = AnchorEnds
	case r.Ended != nil:
	case r.Cause == client.Revoked:
		t.Kind, t.Cert = RevokedFrom, r.Problem.At.Cert
	case r.Cause == client.Distrusted:
		t.Kind, t.Cert = DistrustedFrom, r.Problem.At.Cert
	default:
		t.Kind = StoreChanges
	}
	return t
}

// addTurn adds a client to those for which the same turns at the same moment.
func addTurn(turns []Turn, t Turn, id string) []Turn {
	i := slices.IndexFunc(turns, func(o Turn) bool { return o.At.Equal(t.At) && o.Kind == t.Kind && o.Cert == t.Cert })
	if i < 0 {
		i = len(turns)
		turns = append(turns, t)
	}
	turns[i].Clients = append(turns[i].Clients, id)
	return turns
}
