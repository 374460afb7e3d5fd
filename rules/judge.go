package rules

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

// A Judge holds what every verdict of a run depends on beside the presentation.
// Make it with [NewJudge]; it is safe for concurrent use.
type Judge struct {
	Criteria
	rules    []*Rule
	panel    *client.Panel
	world    chain.World
	verifier *chain.Verifier
	reader   *chain.Reader
	verdicts *chain.Cache[cert.Hash, *Verdict]
	weight   map[string]Severity // by client: what its failure counts
	dead     chain.World         // world, with the revoked certificates among the known ones
}

// Criteria are what a run judges by.
type Criteria struct {
	At       time.Time
	Profiles []*client.Profile // the chosen clients
	Named    []string          // ids of those that the user chose by name: their failures are errors
	Known    []Source          // CA certificates to complete chains with, best source first
	Products *catalog.Products // what CAs sell; nil: nobody knows

	// Revoked are lists of CA certificates that nobody should send or be sent.
	// What they name is taken out of Known.
	Revoked []*catalog.Revocations

	// Client is what is known of the server that a client's chain is for: what is
	// judged are chains of clients, and the profiles are servers. Nil: servers'
	// chains.
	Client *Acceptance
}

// A Source is a set of CA certificates and where it came from.
type Source struct {
	Name string // "pool", "catalog" or "aia"
	Set  *chain.Set
}

// NewJudge prepares a judge. v may be shared between judges, and nil.
func NewJudge(c Criteria, v *chain.Verifier) *Judge {
	j := &Judge{Criteria: c, rules: All(), panel: client.NewPanel(c.Profiles), verifier: v, reader: new(chain.Reader),
		verdicts: new(chain.Cache[cert.Hash, *Verdict]), weight: make(map[string]Severity)}
	if c.Client != nil {
		j.rules = forClients
	}
	j.Known = slices.Clone(c.Known)
	for i := range j.Known {
		j.Known[i].Set = j.living(j.Known[i].Set)
	}
	for _, p := range c.Profiles {
		j.weight[p.ID] = groupWeight(p)
	}
	for _, id := range c.Named {
		j.weight[id] = Error
	}
	j.world = chain.World{At: c.At, Anchors: client.Anchors(c.Profiles), SameLine: c.Products.SameLine}
	if len(c.Revoked) > 0 {
		j.world.Revoked = j.IsRevoked
	}
	j.dead = j.world
	for i, s := range j.Known {
		j.world.Known = append(j.world.Known, s.Set)
		j.dead.Known = append(j.dead.Known, c.Known[i].Set)
	}
	return j
}

// World is what the judge holds lists against.
func (j *Judge) World() chain.World { return j.world }

// Read makes an entry of bytes from the wire. The judge remembers certificates
// that it has read before.
func (j *Judge) Read(raw []byte) chain.Entry { return j.reader.Read(raw) }

// groupWeight is the severity of whatever depends on a client's failure, by the
// narrowest group that the client is in.
func groupWeight(p *client.Profile) Severity {
	switch p.Group {
	case client.Modern:
		return Error
	case client.Broad:
		return Warning
	}
	return Info
}

// Judge judges what one target presented, together: one presentation for each
// of its addresses. The verdicts are in the same order, and are the caller's.
func (j *Judge) Judge(ps []Presentation) []*Verdict {
	if len(ps) == 1 && ps[0].alone() {
		return []*Verdict{j.judgeAlone(ps)}
	}
	out := make([]*Verdict, len(ps))
	for i := range ps {
		out[i] = j.judge(j.subject(ps, i))
	}
	return out
}

// rememberedVerdicts is how many verdicts are remembered, and as many older
// ones: some megabytes, so that a scan of distinct leaves does not pay for them.
const rememberedVerdicts = 1 << 8

// judgeAlone judges a list for a name with nothing beside it, as most are. Many
// hosts show one chain, so the verdict on it is remembered.
func (j *Judge) judgeAlone(ps []Presentation) *Verdict {
	key := ps[0].key()
	v, ok := j.verdicts.Get(key)
	if !ok {
		v = j.judge(j.subject(ps, 0))
		j.verdicts.Put(key, v, rememberedVerdicts)
	}
	own := *v
	if ok { // a chain that came once may never come again
		own.Remembered = v
	}
	own.Presentation = ps[0]
	own.Findings = slices.Clone(v.Findings)
	return &own
}

func (j *Judge) subject(ps []Presentation, i int) *Subject {
	s := &Subject{Presentation: ps[i], Siblings: ps, Index: i, At: j.At, Judge: j, session: j.verifier.Begin()}
	s.Chain = chain.Analyse(s.session, s.Entries, j.world)
	if s.Chain.State == chain.Untrusted && len(j.Revoked) > 0 {
		if a := chain.Analyse(s.session, s.Entries, j.dead); a.State == chain.Incomplete {
			s.onlyDead = a
		}
	}
	s.Clients = j.ask(s, s.Entries)
	s.Product, _ = j.Products.Recognise(s.leaf())
	return s
}

// ask has every chosen client look at a list of certificates.
func (j *Judge) ask(s *Subject, entries []chain.Entry) []client.Verdict {
	q := s.Question(j.At)
	q.Known = j.world.Known
	return j.Ask(s.session, entries, q)
}

// Ask has every chosen client answer a question about a list of certificates.
// The verdicts are in the order of Profiles.
func (j *Judge) Ask(s *chain.Session, entries []chain.Entry, q client.Question) []client.Verdict {
	return j.panel.Judge(s, entries, q)
}

func (j *Judge) judge(s *Subject) *Verdict {
	state := None
	report := func(f Finding) { s.found(f) }
	for _, r := range j.rules {
		before := len(s.Findings)
		s.run(r, report)
		for _, f := range s.Findings[before:] {
			if r.Class == ClassPresentation {
				state = max(state, f.Severity)
			}
		}
	}
	v := &Verdict{
		Presentation: s.Presentation,
		At:           j.At,
		Leaf:         s.Chain.Leaf,
		Roles:        s.Chain.Roles,
		Missing:      s.missing(),
		Findings:     s.Findings,
		Clients:      s.Clients,
		State:        state,
		Matches:      s.daneMatches(),
		Staple:       s.readStaple(),
		Product:      s.Product.Name,
	}
	if s.DANE != nil {
		v.TLSA = s.daneFitting()
	}
	j.judgeOthers(v)
	v.sort()
	return v
}

func (v *Verdict) sort() {
	slices.SortStableFunc(v.Findings, func(a, b Finding) int {
		return cmp.Or(-cmp.Compare(a.Severity, b.Severity), slices.Compare(a.Positions, b.Positions))
	})
}

// run runs one rule. A panic in a rule is a fault of that rule on this chain,
// not the end of a scan of a million others.
func (s *Subject) run(r *Rule, report func(Finding)) {
	if r.Check == nil {
		return
	}
	s.rule = r
	defer func() {
		if p := recover(); p != nil {
			s.Findings = append(s.Findings, Finding{
				Rule: r.ID, rule: r, Severity: Warning,
				Message: fmt.Sprintf("this rule failed on this chain (%v), so its question is open", p),
				Fix:     "report this as a bug of tlschain, with the chain",
			})
		}
	}()
	r.Check(s, report)
}

// found adds a finding of the rule that runs.
func (s *Subject) found(f Finding) {
	r := s.rule
	f.Rule, f.rule = r.ID, r
	if f.Severity == None {
		f.Severity = r.Severity
	}
	if s.At.Before(r.Effective) {
		f.Severity = min(f.Severity, Info)
	}
	s.Findings = append(s.Findings, f)
}
