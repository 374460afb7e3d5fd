package reports

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/pem"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner"
)

// NewEndpoint puts an observation and the verdict on it into the form of the
// report, with all text cleaned. o is nil for a file; v is nil if there is
// nothing to judge, and the endpoint has failed then. For a file that failed,
// the caller fills in Error.
func NewEndpoint(o *scanner.Observation, target string, v *rules.Verdict) Endpoint {
	return new(Rows).Endpoint(o, target, v)
}

func (e *Endpoint) observed(o *scanner.Observation) {
	e.Host = Clean(o.Target.Host)
	e.Port = o.Target.Port
	if o.Target.Pinned() {
		e.PinnedTarget = Clean(o.Target.Typed())
	}
	if o.Target.List != "" {
		e.List = &ListPlace{Clean(o.Target.List), o.Target.Line}
	}
	e.SeenAt = o.At
	for k, v := range o.Target.Tags {
		if e.Tags == nil {
			e.Tags = make(map[string]string, len(o.Target.Tags))
		}
		e.Tags[Clean(k)] = Clean(v)
	}
	e.ServerName = Clean(o.Target.ServerName)
	if o.Addr.IsValid() {
		e.Address = Clean(o.Addr.Addr().Unmap().String()) // a zone is text of the user's
	}
	e.STARTTLS = Clean(o.Target.STARTTLS)
	e.Transport = scanner.Transport(Clean(string(o.Target.Transport)))
	e.Handshake = handshakeOf(o)
	e.Error = errorOf(o)
}

func handshakeOf(o *scanner.Observation) *Handshake {
	h := &Handshake{
		Complete:    o.Complete,
		CipherSuite: o.CipherName(),
		DurationMS:  math.Round(float64(o.Took)/float64(time.Millisecond)*100) / 100,
		ALPN:        Clean(o.ALPN),
	}
	if o.Version != 0 {
		h.TLSVersion = tls.VersionName(o.Version)
	}
	if o.Request != nil {
		h.ClientAsked = true
		for _, der := range o.Request.Authorities[:min(len(o.Request.Authorities), maxClientCA)] {
			h.ClientCA = append(h.ClientCA, Clean(nameText(der)))
		}
	}
	return h
}

// maxClientCA bounds the names of CAs in a report: a request of 64 KiB has room
// for thousands, and a honest one lists some hundred.
const maxClientCA = 1000

// nameText is a name for people; one that cannot be read is shown as its bytes.
func nameText(der []byte) string {
	if name, _, ok := cert.ParseName(der); ok {
		return name.Text
	}
	const longest = 64
	return "#" + hex.EncodeToString(der[:min(len(der), longest)])
}

func errorOf(o *scanner.Observation) *Error {
	if o.Failure == nil {
		return nil
	}
	return &Error{Code: string(o.Failure.Code), Message: Clean(o.Failure.Message)}
}

// AddQUIC puts what the same host and port showed over UDP beside the endpoint.
func (e *Endpoint) AddQUIC(o *scanner.Observation) {
	e.QUIC = &QUIC{Status: Failed, Error: errorOf(o), Handshake: *handshakeOf(o), Chain: make([]Hash, len(o.Chain))}
	if o.Captured() {
		e.QUIC.Status = OK
	}
	for i, der := range o.Chain {
		e.QUIC.Chain[i] = sha256.Sum256(der)
	}
}

// judged adds what is a verdict's own to its shared part.
func (e *Endpoint) judged(v *rules.Verdict) {
	e.Status = OK
	if e.Host == "" {
		e.ServerName = Clean(v.Name)
	}
	e.Presentation = v.State
	e.Findings = make([]Finding, len(v.Findings))
	for i, f := range v.Findings {
		e.Findings[i] = finding(f)
	}
	e.DANE = daneOf(v)
	e.Revocation = revocationsOf(v)
	if v.Staple != nil && e.Handshake != nil {
		e.Handshake.Staple = &Staple{Status: v.Staple.Status, ThisUpdate: v.Staple.ThisUpdate, NextUpdate: v.Staple.NextUpdate,
			Fault: Clean(v.Staple.Fault)}
	}
	e.Severity = e.Worst()
	if v.Bundle != nil {
		e.BundleSHA256 = Hash(*v.Bundle)
		e.fix, e.partial = v.Fix, v.Partial
		e.Bundle = hashes(v.Fix)
		e.Unsent = slices.Clip(e.Unsent) // to append copies it
		for _, c := range v.Fix {
			e.unsent(c)
		}
	}
}

func daneOf(v *rules.Verdict) *DANE {
	a := v.DANE
	if a == nil {
		return nil
	}
	const longest = 64
	d := &DANE{Name: Clean(a.Name), Resolver: Clean(a.Resolver), Authenticated: a.Authenticated, Error: Clean(a.Failure),
		Records: make([]TLSA, len(v.Matches)), More: a.More}
	for i, m := range v.Matches {
		d.Records[i] = TLSA{Usage: int(m.Usage), Selector: int(m.Selector), MatchingType: int(m.Matching),
			Data: hex.EncodeToString(m.Data[:min(len(m.Data), longest)]), State: m.State}
		if m.Position >= 0 {
			d.Records[i].Position = &m.Position
		}
	}
	return d
}

// maxDNSNames bounds the leaf's names in the report: an honest certificate has up
// to some hundreds.
const maxDNSNames = 1000

func (e *Endpoint) leafFacts(v *rules.Verdict) {
	if v.Leaf < 0 || v.Entries[v.Leaf].Cert == nil {
		return
	}
	c := v.Entries[v.Leaf].Cert
	e.NotAfter = c.NotAfter
	days := int(math.Floor(c.NotAfter.Sub(v.At).Hours() / 24))
	e.DaysLeft = &days
	e.DNSNames = cleanList(c.DNSNames[:min(len(c.DNSNames), maxDNSNames)])
	e.IssuerOrganization = nameValue(e.Chain[v.Leaf].Issuer, "O")
}

// AddPEM gives each presented certificate its bytes: see [Certificate].PEM.
func (e *Endpoint) AddPEM(entries []chain.Entry) {
	e.Chain = slices.Clone(e.Chain) // which other endpoints may share
	for i := range e.Chain {
		e.Chain[i].PEM = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: entries[i].Raw}))
	}
}

func presented(position int, entry chain.Entry) Certificate {
	out := Certificate{
		Position: position, Role: chain.Unparsable,
		SHA256: Hash(entry.SHA256), Size: len(entry.Raw),
	}
	if c := entry.Cert; c != nil {
		out.Role = chain.Unrelated
		out.Subject, out.Issuer = Clean(c.Subject.Text), Clean(c.Issuer.Text)
		out.Serial = Clean(serial(c.Serial))
		out.SPKISHA256 = Hash(c.Key.SPKI)
		out.NotBefore, out.NotAfter = c.NotBefore, c.NotAfter
		out.Key, out.SignatureAlgorithm = Clean(c.Key.String()), Clean(c.SignatureAlg.Name)
		out.Deviations = c.Deviations
		out.KeyUsage, out.ExtKeyUsage, out.Policies = c.KeyUsage.Names(), cert.EKUNames(c.EKU), cleanList(c.Policies)
		out.AIAURLs, out.OCSPURLs, out.CRLURLs = cleanList(c.CAIssuers), cleanList(c.OCSP), cleanList(c.CRLs)
	}
	return out
}

// serial writes the content octets of an INTEGER, two's complement, as people
// know serial numbers: without the leading zero octet, and with a minus sign
// where RFC 5280 section 4.1.2.2 was not heeded.
func serial(octets []byte) string {
	const longest = 64 // octets; RFC 5280 allows 20
	if len(octets) > longest {
		return hex.EncodeToString(octets[:longest]) + "…"
	}
	if len(octets) > 0 && octets[0]&0x80 != 0 {
		magnitude := make([]byte, len(octets))
		carry := true
		for i := len(octets) - 1; i >= 0; i-- {
			magnitude[i] = ^octets[i]
			if carry {
				magnitude[i]++
				carry = magnitude[i] == 0
			}
		}
		return "-" + serial(append([]byte{0}, magnitude...))
	}
	for len(octets) > 1 && octets[0] == 0 {
		octets = octets[1:]
	}
	return hex.EncodeToString(octets)
}

func missing(ref rules.CertRef) Missing {
	m := Missing{After: ref.After, Subject: Clean(ref.Name.Text), Source: Clean(ref.Source)}
	if c := ref.Cert; c != nil {
		m.Issuer = Clean(c.Issuer.Text)
		m.SHA256, m.NotAfter = Hash(c.SHA256), c.NotAfter
	}
	return m
}

// aiaURL finds where the i-th missing certificate can be had: a certificate's
// caIssuers URL leads to its issuer (RFC 5280 section 4.2.2.1), so it stands in
// what the missing one issued, presented or itself missing.
func aiaURL(v *rules.Verdict, i int) string {
	name := v.Missing[i].Name.Canon
	issued := make([]*cert.Certificate, 0, 4)
	for j := i - 1; j >= 0; j-- {
		issued = append(issued, v.Missing[j].Cert)
	}
	for j := min(v.Missing[i].After, len(v.Entries)-1); j >= 0; j-- {
		issued = append(issued, v.Entries[j].Cert)
	}
	for _, c := range issued {
		if c == nil || c.Issuer.Canon != name {
			continue
		}
		for _, url := range c.CAIssuers {
			if lower := strings.ToLower(url[:min(len(url), 8)]); strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
				return Clean(url)
			}
		}
	}
	return ""
}

func finding(f rules.Finding) Finding {
	out := Finding{
		Rule: f.Rule, Severity: f.Severity, Positions: f.Positions,
		Message: Clean(f.Message), Fix: Clean(f.Fix), Clients: f.Clients, Variant: string(f.Variant),
	}
	if a := f.Authority; a != nil {
		out.Authority = &Authority{Subject: Clean(a.Name.Text), SPKISHA256: Hash(a.SPKI), Known: a.Known}
	}
	if f.Waiver != nil {
		out.Waived = true
		out.Waiver = &Waiver{Reason: Clean(f.Waiver.Reason), Expires: f.Waiver.Expires, Owner: Clean(f.Waiver.Owner),
			Ticket: Clean(f.Waiver.Ticket)}
	}
	return out
}

func clientVerdicts(verdicts []client.Verdict) []Client {
	out := make([]Client, len(verdicts))
	for i := range verdicts {
		var path []Hash // most clients take the same
		if i > 0 && slices.Equal(verdicts[i].Path, verdicts[i-1].Path) {
			path = out[i-1].Path
		} else {
			path = hashes(verdicts[i].Path)
		}
		var reason string // the same holds of these
		if i > 0 && verdicts[i].Reason == verdicts[i-1].Reason {
			reason = out[i-1].Reason
		} else {
			reason = Clean(verdicts[i].Reason)
		}
		out[i] = clientVerdict(&verdicts[i], reason, path)
	}
	return out
}

func clientVerdict(v *client.Verdict, reason string, path []Hash) Client {
	out := Client{Client: v.Client, Accepted: v.Accepted, Reason: reason, Path: path}
	if v.Accepted {
		out.By = v.By
	}
	if v.Problem != nil {
		out.ReasonCode = v.Problem.Code
	}
	return out
}

func hashes(certs []*cert.Certificate) []Hash {
	out := make([]Hash, len(certs))
	for i, c := range certs {
		out[i] = c.SHA256
	}
	return out
}

// unsentOnPaths describes each certificate on clients' paths that the server did not
// send, once.
func (e *Endpoint) unsentOnPaths(verdicts []client.Verdict) {
	for i, v := range verdicts {
		if i > 0 && slices.Equal(v.Path, verdicts[i-1].Path) {
			continue
		}
		for _, c := range v.Path {
			e.unsent(c)
		}
	}
}

// unsent describes a certificate that a path or the bundle has, if the server did not
// send it.
func (e *Endpoint) unsent(c *cert.Certificate) {
	h := Hash(c.SHA256)
	for i := range e.Chain {
		if e.Chain[i].SHA256 == h {
			return
		}
	}
	for i := range e.Unsent {
		if e.Unsent[i].SHA256 == h {
			return
		}
	}
	e.Unsent = append(e.Unsent, Unsent{
		SHA256: h, SPKISHA256: Hash(c.Key.SPKI), NotAfter: c.NotAfter, SelfIssued: c.SelfIssued(),
		Subject: Clean(c.Subject.Text), Issuer: Clean(c.Issuer.Text),
	})
}
