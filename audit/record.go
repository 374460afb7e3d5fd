package audit

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner"
)

// An identity is what of an endpoint is the same every night.
type identity struct {
	Target     string `json:"target"`
	Host       string `json:"host"`
	Port       uint16 `json:"port"`
	ServerName string `json:"server_name"`
	STARTTLS   string `json:"starttls"`

	Transport scanner.Transport `json:"transport,omitempty"`
}

// keyOf names an endpoint within its group, in the form of a target. The
// address belongs to it only where several of one name are looked at: else any
// address that answers will do, and it may be another one every night.
func keyOf(e *reports.Endpoint, withAddress bool) string {
	key := net.JoinHostPort(e.Host, strconv.Itoa(int(e.Port)))
	if e.ServerName != "" && e.ServerName != e.Host {
		key = e.ServerName + "@" + key
	}
	if e.Transport == scanner.QUIC {
		key = "quic://" + key
	}
	if e.STARTTLS != "" {
		key = "starttls+" + e.STARTTLS + "://" + key
	}
	if withAddress && e.Address != "" && e.Address != e.Host {
		key = addressKeys(key) + e.Address
	}
	return key
}

// addressKeys is what the keys of all addresses of an endpoint begin with.
func addressKeys(key string) string { return key + atAddress }

const atAddress = " at "

// withoutAddress is the key of an endpoint whichever address answers.
func withoutAddress(key string) string {
	key, _, _ = strings.Cut(key, atAddress)
	return key
}

// seen takes an endpoint apart for the history: its certificates, the chain of
// their hashes, the facts to compare by, and the rest of the report. der gives
// the bytes of a certificate, or nil.
func seen(key string, e *reports.Endpoint, der func(reports.Hash) []byte) (history.Seen, error) {
	who, err := json.Marshal(identity{e.Target, e.Host, e.Port, e.ServerName, e.STARTTLS, e.Transport})
	if err != nil {
		return history.Seen{}, fmt.Errorf("storing %s: %w", key, err)
	}
	s := history.Seen{Key: key, Identity: string(who), Tags: tagsOf(e)}
	for _, c := range e.Chain {
		s.Chain = append(s.Chain, history.Certificate{
			SHA256: c.SHA256, NotAfter: c.NotAfter, Doc: certificateDoc(c), DER: der(c.SHA256),
		})
	}
	s.Fix = fix(e, der)
	rest := *e
	rest.Target, rest.Host, rest.Port, rest.ServerName, rest.STARTTLS, rest.Transport = "", "", 0, "", "", scanner.TCP
	rest.List = nil // a line that moved is no other state
	rest.Chain = make([]reports.Certificate, len(e.Chain))
	for i, c := range e.Chain {
		rest.Chain[i] = reports.Certificate{Position: c.Position, Role: c.Role, SHA256: c.SHA256}
	}
	s.Doc = rest.AppendJSON(nil)
	// What is different at every attempt makes no other state: how long it
	// took, which address answered and when, the port in "read tcp 192.0.2.1:49152".
	same := rest
	same.Address = ""
	same.SeenAt, same.DaysLeft = time.Time{}, nil
	if same.Error != nil {
		same.Error = &reports.Error{Code: e.Error.Code}
	}
	if same.Handshake != nil {
		same.Handshake = &reports.Handshake{TLSVersion: e.Handshake.TLSVersion, Complete: e.Handshake.Complete}
	}
	if same.QUIC != nil {
		quic := *same.QUIC
		quic.Handshake = reports.Handshake{Complete: quic.Handshake.Complete}
		if quic.Error != nil {
			quic.Error = &reports.Error{Code: quic.Error.Code}
		}
		same.QUIC = &quic
	}
	s.Hash = sha256.Sum256(same.AppendJSON(nil))
	s.Facts = factsOf(e)
	return s, nil
}

// tagsOf are an endpoint's tags as the user wrote them: its group is no tag.
func tagsOf(e *reports.Endpoint) history.Tags {
	tags := maps.Clone(e.Tags)
	delete(tags, "group")
	return history.NewTags(tags)
}

// fix is the corrected file after the leaf, or nothing: without the bytes of
// any one of its certificates it is of no use.
func fix(e *reports.Endpoint, der func(reports.Hash) []byte) (all []history.Certificate) {
	if !e.NeedsFix() {
		return nil
	}
	for _, h := range e.Bundle {
		raw := der(h)
		c, err := cert.Parse(raw)
		if err != nil {
			return nil
		}
		all = append(all, history.Certificate{SHA256: h, NotAfter: c.NotAfter, Doc: certificateDoc(reports.Describe(c)), DER: raw})
	}
	return all
}

// certificateDoc is a presented certificate without its place in the chain.
func certificateDoc(c reports.Certificate) []byte {
	c.Position, c.Role = 0, ""
	doc, err := json.Marshal(c)
	if err != nil {
		return []byte("{}") // nothing in a Certificate can fail
	}
	return doc
}

// endpoint is the way back: the report's endpoint of a history's row.
func endpoint(who string, s history.State) (reports.Endpoint, error) {
	var e reports.Endpoint
	var id identity
	if err := json.Unmarshal(s.Doc, &e); err != nil {
		return e, fmt.Errorf("reading a verdict from the history: %w", err)
	}
	if err := json.Unmarshal([]byte(who), &id); err != nil {
		return e, fmt.Errorf("reading an endpoint from the history: %w", err)
	}
	e.Target, e.Host, e.Port, e.ServerName, e.STARTTLS, e.Transport = id.Target, id.Host, id.Port, id.ServerName, id.STARTTLS, id.Transport
	for i := range min(len(e.Chain), len(s.Chain)) {
		position, role := e.Chain[i].Position, e.Chain[i].Role
		if err := json.Unmarshal(s.Chain[i].Doc, &e.Chain[i]); err != nil {
			return e, fmt.Errorf("reading a certificate from the history: %w", err)
		}
		e.Chain[i].Position, e.Chain[i].Role = position, role
	}
	return e, nil
}

func factsOf(e *reports.Endpoint) history.Facts {
	f := history.Facts{Status: string(e.Status), Presentation: int(e.Presentation), Product: e.Product, Bundle: e.BundleSHA256}
	if e.Status == reports.Failed && e.Error != nil {
		f.Failure = e.Error.Code
	}
	for _, c := range e.Chain {
		if c.Role == "leaf" {
			f.Leaf, f.Issuer, f.NotBefore = c.SHA256, c.Issuer, c.NotBefore
			break
		}
	}
	worst := rules.None
	counting := map[string]rules.Severity{}
	for _, finding := range e.Findings {
		if !finding.Waived {
			worst = max(worst, finding.Severity)
			counting[finding.Rule] = max(counting[finding.Rule], finding.Severity)
		}
	}
	var ruled, refused []string
	for rule, severity := range counting {
		ruled = append(ruled, rule+"="+severity.String())
	}
	for _, c := range e.Clients {
		if !c.Accepted {
			refused = append(refused, c.Client)
		}
	}
	slices.Sort(ruled)
	slices.Sort(refused)
	f.Worst, f.Rules, f.Refused, f.Expires = int(worst), strings.Join(ruled, " "), strings.Join(refused, " "), e.Expires()
	return f
}
