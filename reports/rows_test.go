package reports_test

import (
	"reflect"
	"testing"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// TestRowsRemember holds that what is remembered of one endpoint makes no other one
// differ: the same certificates elsewhere in a list and in another role, and the
// same verdicts of clients.
func TestRowsRemember(t *testing.T) {
	tb := tlstest.For(t)
	root := tb.Root("R")
	ca := tb.Intermediate("I", root)
	a, b := chain.Read(tb.Leaf("L", ca).DER), chain.Read(ca.DER)
	clients := []client.Verdict{
		{Client: "x", Accepted: true, By: client.Presented, Reason: "it\tdoes", Path: []*cert.Certificate{a.Cert, b.Cert}},
		{Client: "y", Reason: "it does not", Problem: &client.Problem{Code: client.CodeNoIssuer}},
	}
	verdict := func(list []chain.Entry, said []client.Verdict, roles ...chain.Role) *rules.Verdict {
		return &rules.Verdict{Presentation: rules.Presentation{Entries: list}, Leaf: 0, Roles: roles, Clients: said}
	}
	like := func(v *rules.Verdict, addr string, findings ...rules.Finding) *rules.Verdict {
		own := *v
		own.Remembered, own.Addr, own.Findings = v, addr, findings
		for _, f := range findings {
			own.State = max(own.State, f.Severity) // as a policy has it for this endpoint
		}
		return &own
	}
	shared := verdict([]chain.Entry{a, b}, clients, chain.Leaf, chain.Intermediate)
	shared.Missing, shared.Product = []rules.CertRef{{Cert: chain.Read(root.DER).Cert, Name: b.Cert.Issuer}}, "Example"
	fixed := like(shared, "192.0.2.3:443") // as a planner has filled it
	fixed.Bundle, fixed.Fix, fixed.Partial = &cert.Hash{1}, []*cert.Certificate{chain.Read(root.DER).Cert}, true
	rows := new(reports.Rows)
	for i, v := range []*rules.Verdict{
		like(shared, "192.0.2.1:443", rules.Finding{Rule: "root-in-chain", Severity: rules.Error, Message: "once"}),
		like(shared, "192.0.2.2:443"),
		fixed,
		like(shared, "192.0.2.4:443"),
		verdict([]chain.Entry{a, b}, clients, chain.Leaf, chain.Intermediate),
		verdict([]chain.Entry{a, b}, clients, chain.Leaf, chain.Intermediate),
		verdict([]chain.Entry{b, a, b}, clients[1:], chain.Leaf, chain.Unrelated, chain.Duplicate),
		verdict([]chain.Entry{a, {Raw: []byte{1}}, b}, nil, chain.Leaf, chain.Unparsable),
		verdict([]chain.Entry{a, b}, clients, chain.Leaf, chain.Cross),
	} {
		alone := *v
		alone.Remembered = nil
		got, want := rows.Endpoint(nil, "a file", v), reports.NewEndpoint(nil, "a file", &alone)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("endpoint %d:\n%+v, want\n%+v", i, got, want)
		}
		got.AddPEM(v.Entries) // as --include pem does, to this endpoint alone
	}
}
