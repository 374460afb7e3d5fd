package rules

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlsa"
)

// A Presentation is one list of certificates that somebody presented: a server
// in one handshake, or a file.
type Presentation struct {
	Entries     []chain.Entry
	Unordered   bool               // the order means nothing: a PKCS #7 file is a set
	Name        string             // the name to check the leaf against; empty: not judged
	Addr        string             // address:port it came from; empty for a file
	Variant     scanner.Variant    // the handshake it comes from
	TLS         uint16             // version of TLS that was agreed, as in crypto/tls; 0: not known
	Flight      int                // bytes of a QUIC server's flight, sent before it had the client's address validated; 0: no limit is known
	Unstapled   bool               // the server was asked for a stapled OCSP response and gave none
	OCSP        []byte             // the stapled OCSP response; nil: none
	RSAExchange bool               // the leaf's key is used for RSA key exchange, and makes no signatures
	Expect      cert.Hash          // SHA-256 of the leaf that should be served; zero: none expected
	ServerKey   cert.Hash          // SHA-256 of the SPKI of the server's private key; zero: not given
	Variants    []Presentation     // what the other handshakes with the same address showed
	SCTs        []time.Time        // signed certificate timestamps that came beside the leaf, unverified
	AIA         []AIAFailure       // URLs that gave no issuer, when fetching was allowed
	Served      []Served           // what the server that is configured to present this file presents
	Elsewhere   []Vantage          // what others were shown by the same name
	DANE        *tlsa.Answer       // what DNS says of the server's certificates; nil: it was not asked
	Mail        bool               // other mail servers are its clients (SMTP)
	Revocation  []RevocationAnswer // what CAs say of the certificates; nil: they were not asked
	Seen        time.Time          // when it was presented; zero: at the moment of judgement
	File        []certfile.Flaw    // of the file that it comes from: why servers do not load it
}

// alone reports whether the entries and the name are all there is to judge.
func (p *Presentation) alone() bool {
	return p.Expect == cert.Hash{} && p.ServerKey == cert.Hash{} && len(p.Variants) == 0 &&
		len(p.AIA) == 0 && len(p.File) == 0 && len(p.Served) == 0 && len(p.Elsewhere) == 0 && p.DANE == nil && len(p.OCSP) == 0 &&
		p.Revocation == nil
}

// Question is what clients are asked about a presentation.
func (p *Presentation) Question(at time.Time) client.Question {
	return client.Question{Name: p.Name, At: at, TLS: p.TLS, RSAExchange: p.RSAExchange, Unstapled: p.Unstapled, SCTs: p.SCTs}
}

// key identifies what a presentation that is alone is judged by.
func (p *Presentation) key() cert.Hash {
	b := make([]byte, 0, 512)
	for _, n := range [...]int{len(p.Entries), len(p.SCTs), int(p.TLS), p.Flight, bit(p.Unordered), bit(p.RSAExchange), bit(p.Unstapled)} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	for i := range p.Entries {
		b = append(b, p.Entries[i].SHA256[:]...)
	}
	for _, t := range p.SCTs {
		b = binary.BigEndian.AppendUint64(b, uint64(t.UnixMilli()))
	}
	return sha256.Sum256(append(b, p.Name...))
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Served is a leaf that a running server presents for a site.
type Served struct {
	Addr    string      // address:port
	Leaf    cert.Hash   // SHA-256
	Behind  []cert.Hash // SHA-256 of what follows the leaf, in order; nil: not known
	Began   time.Time   // when the youngest process began that listens there; zero: not known
	Written time.Time   // when the file was written that it should present
}

// An AIAFailure is a caIssuers URL that could not be used.
type AIAFailure struct {
	URL     string
	Message string
	Untried bool // its scheme is not one that is fetched, and the certificate has no other
}

// A Subject is one presentation with all that rules may look at.
type Subject struct {
	Presentation
	At       time.Time
	Chain    *chain.Analysis
	Clients  []client.Verdict // in the order of Judge.Profiles
	Product  catalog.Product  // what the leaf was sold as; zero: not recognised
	Judge    *Judge
	Siblings []Presentation // all addresses of the target, this one at Index
	Index    int
	Findings []Finding // of the rules that ran before, in the order of All

	rule     *Rule // that runs
	session  *chain.Session
	dane     []DANEMatch     // once asked
	staple   *Staple         // once read
	sent     []chain.Step    // those of the path that were presented, once asked
	onlyDead *chain.Analysis // the path through revoked certificates, where there is no other; else nil

	crosses *crossAdvice                   // what a cross-certificate would fix, once asked
	trials  map[cert.Hash][]client.Verdict // lists that were tried instead, by hash

	pathsTried map[bool][]edit // changes of the list, once asked
}

// A Verdict is everything that was judged about one presentation.
type Verdict struct {
	Presentation
	At         time.Time    // as of when it was judged
	Leaf       int          // position of the leaf; -1: none
	Roles      []chain.Role // one a position
	Product    string       // product of the CA, by the catalogue; empty: not recognised
	Missing    []CertRef
	Findings   []Finding // worst first, then by position
	Clients    []client.Verdict
	Others     []*Verdict          // on what other handshakes with the address showed, where that is another chain
	TLSA       []tlsa.Record       // that would be right for the chain, where DNS was asked
	Staple     *Staple             // what the stapled OCSP response says; nil: none came
	Matches    []DANEMatch         // what each TLSA record is to the chain
	State      Severity            // worst finding of class presentation
	Bundle     *cert.Hash          // identifies the corrected certificates after the leaf; nil: no fix is known
	Fix        []*cert.Certificate // those certificates, in order; Raw is nil where only facts are known
	Partial    bool                // some chosen client refuses the corrected list all the same
	Remembered *Verdict            // one for the same chain and name, with the same At, Roles, Product, Missing and Clients; nil: none
}

// leaf gives the leaf, or nil if none could be read.
func (s *Subject) leaf() *cert.Certificate {
	if s.Chain.Leaf < 0 {
		return nil
	}
	return s.Entries[s.Chain.Leaf].Cert
}

// at names a presented certificate for people: its position and common name.
func (s *Subject) at(i int) string {
	if c := s.Entries[i].Cert; c != nil {
		return fmt.Sprintf("%q at position %d", title(c), i)
	}
	return fmt.Sprintf("the entry at position %d", i)
}

// title is the shortest name by which people know a certificate.
func title(c *cert.Certificate) string {
	if c.Subject.Common != "" {
		return c.Subject.Common
	}
	if len(c.DNSNames) > 0 {
		return c.DNSNames[0]
	}
	return "(no name)"
}

// with gives the positions that hold one of the roles.
func (s *Subject) with(roles ...chain.Role) (positions []int) {
	for i, r := range s.Chain.Roles {
		if slices.Contains(roles, r) {
			positions = append(positions, i)
		}
	}
	return positions
}

// presented gives the steps of the path that the server sent, leaf first.
func (s *Subject) presented() []chain.Step {
	if s.sent == nil {
		s.sent = make([]chain.Step, 0, len(s.Chain.Path))
		for _, step := range s.Chain.Path {
			if step.Position >= 0 {
				s.sent = append(s.sent, step)
			}
		}
	}
	return s.sent
}

// missing gives the certificates of the path that the server did not send.
func (s *Subject) missing() (refs []CertRef) {
	after := 0
	for _, step := range s.Chain.Path {
		if step.Position >= 0 {
			after = step.Position
			continue
		}
		refs = append(refs, CertRef{After: after, Cert: step.Cert, Name: step.Cert.Subject, Source: s.Judge.Known[step.Source].Name})
	}
	return refs
}

// without gives the list with some positions left out.
func (s *Subject) without(positions ...int) []chain.Entry {
	var out []chain.Entry
	for i, e := range s.Entries {
		if !slices.Contains(positions, i) {
			out = append(out, e)
		}
	}
	return out
}

// rejecting gives the ids of the clients that reject for one of the causes.
func (s *Subject) rejecting(causes ...client.Cause) (ids []string) {
	for _, v := range s.Clients {
		if !v.Accepted && slices.Contains(causes, v.Cause) {
			ids = append(ids, v.Client)
		}
	}
	return ids
}

// rejected reports whether some chosen client refuses the chain.
func (s *Subject) rejected() bool {
	return slices.ContainsFunc(s.Clients, func(v client.Verdict) bool { return !v.Accepted })
}

// newlyAccepting gives the ids of the clients that reject what is presented and would
// accept entries instead.
func (s *Subject) newlyAccepting(entries []chain.Entry) (ids []string) {
	if !s.rejected() {
		return nil
	}
	for i, v := range s.Judge.ask(s, entries) {
		if v.Accepted && !s.Clients[i].Accepted {
			ids = append(ids, v.Client)
		}
	}
	return ids
}

// severityFor is the severity of something that makes these clients reject.
func (s *Subject) severityFor(ids []string) Severity {
	worst := None
	for _, id := range ids {
		worst = max(worst, s.Judge.weight[id])
	}
	return worst
}
