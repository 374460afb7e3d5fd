package reports

import (
	"crypto/sha256"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

// The endpoints of the example report: one of each kind that formats must
// show. They are made up; hashes are those of their labels.

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

func hashOf(label string) Hash { return sha256.Sum256([]byte(label)) }

func bundleOf(labels ...string) (bundle []Hash, id Hash) {
	h := sha256.New()
	for _, l := range labels {
		one := hashOf(l)
		h.Write(one[:])
		bundle = append(bundle, one)
	}
	return bundle, Hash(h.Sum(nil))
}

const (
	rootDN  = "CN=Example Root R1,O=Example Trust,C=JP"
	interDN = "CN=Example TLS CA 1,O=Example Trust,C=JP"
	oldDN   = "CN=Old Root,O=Example Trust,C=JP"
)

func leafCert(name string) Certificate {
	return Certificate{
		Role: chain.Leaf, Subject: "CN=" + name, Issuer: interDN, Serial: "0a1b2c", SHA256: hashOf(name), SPKISHA256: hashOf(name + " key"),
		NotBefore: day("2026-10-01"), NotAfter: day("2027-04-01"), Key: "EC P-256", SignatureAlgorithm: "SHA256-RSA", Size: 912,
	}
}

func caCert(position int, role chain.Role, label, subject, issuer string) Certificate {
	return Certificate{
		Position: position, Role: role, Subject: subject, Issuer: issuer, Serial: "77", SHA256: hashOf(label), SPKISHA256: hashOf(subject + " key"),
		NotBefore: day("2020-01-01"), NotAfter: day("2030-01-01"), Key: "RSA 2048", SignatureAlgorithm: "SHA256-RSA", Size: 1290,
	}
}

func unsentRoot() Unsent {
	return Unsent{SHA256: hashOf("root"), SPKISHA256: hashOf(rootDN + " key"), Subject: rootDN, Issuer: rootDN, NotAfter: day("2040-01-01"), SelfIssued: true}
}

func unsentInter() Unsent {
	return Unsent{SHA256: hashOf("inter"), SPKISHA256: hashOf(interDN + " key"), Subject: interDN, Issuer: rootDN, NotAfter: day("2030-01-01")}
}

func served(host string) Endpoint {
	return Endpoint{
		Target: host, Host: host, Port: 443, ServerName: host, Address: "192.0.2.7", Status: OK,
		Handshake: &Handshake{TLSVersion: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Complete: true, DurationMS: 12.34},
	}
}

func verdicts(leaf string, accepts map[string]client.By) []Client {
	var out []Client
	for _, id := range exampleClients() {
		by, ok := accepts[id]
		if !ok {
			out = append(out, Client{Client: id, Reason: "no issuer of position 0 is sent, and this client fetches none", Path: []Hash{hashOf(leaf)}})
			continue
		}
		out = append(out, Client{Client: id, Accepted: true, By: by, Reason: "reaches Example Root R1", Path: []Hash{hashOf(leaf), hashOf("inter"), hashOf("root")}})
	}
	return out
}

func exampleClients() []string {
	return []string{"chrome", "firefox-desktop", "apple-26", "android-16", "openssl-3.0", "go", "java-17"}
}

func everyone() map[string]client.By {
	m := map[string]client.By{}
	for _, id := range exampleClients() {
		m[id] = client.Presented
	}
	return m
}

func exampleHeader() Header {
	return Header{
		Tool: Tool{Name: "tlschain", Version: "0.1.0"}, Clients: exampleClients(),
		StartedAt: time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC), EvaluatedAt: time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC),
	}
}

func exampleEndpoints() []Endpoint {
	good := served("good.example.com")
	good.Product = "Example DV"
	good.Tags = map[string]string{"team": "web", "site": "berlin"}
	good.SeenAt = time.Date(2026, 11, 22, 3, 4, 6, 0, time.UTC)
	good.NotAfter, good.DNSNames, good.IssuerOrganization = day("2027-04-01"), []string{"good.example.com", "www.good.example.com"}, "Example Trust"
	left := 129
	good.DaysLeft = &left
	good.Chain = []Certificate{leafCert("good.example.com"), caCert(1, chain.Intermediate, "inter", interDN, rootDN)}
	good.Chain[0].KeyUsage, good.Chain[0].ExtKeyUsage = []string{"digitalSignature"}, []string{"serverAuth"}
	good.Chain[0].Policies = []string{"2.23.140.1.2.1"}
	good.Chain[0].AIAURLs = []string{"http://aia.example.com/ca1.cer"}
	good.Chain[0].OCSPURLs, good.Chain[0].CRLURLs = []string{"http://ocsp.example.com"}, []string{"http://crl.example.com/1.crl"}
	good.Clients = verdicts("good.example.com", everyone())
	good.Bundle, good.BundleSHA256 = bundleOf("inter")
	good.Unsent = []Unsent{unsentRoot()}

	list := []Endpoint{good, incomplete("shop.example.com"), incomplete("mail.example.com"), rootSent(), hostile(), waived(), unreachable(), file()}
	for i := range list {
		list[i].fix = bytesOf(list[i].Bundle)
		list[i].Severity = list[i].Worst()
	}
	return list
}

// bytesOf gives the certificates of a bundle. The cross-certificate is known
// from facts only.
func bytesOf(bundle []Hash) (certs []*cert.Certificate) {
	for _, h := range bundle {
		c := &cert.Certificate{SHA256: cert.Hash(h)}
		if h == hashOf("inter") {
			c.Raw = []byte("inter")
		}
		certs = append(certs, c)
	}
	return certs
}

func incomplete(host string) Endpoint {
	e := served(host)
	e.Presentation, e.Product = rules.Error, "Example DV"
	e.Chain = []Certificate{leafCert(host)}
	e.Missing = []Missing{{After: 0, Subject: interDN, Issuer: rootDN, SHA256: hashOf("inter"), NotAfter: day("2030-01-01"), AIAURL: "http://aia.example.com/ca1.cer", Source: "catalog"}}
	e.Clients = verdicts(host, map[string]client.By{"chrome": client.AIA, "firefox-desktop": client.Preload, "apple-26": client.AIA})
	e.Findings = []Finding{{
		Rule: "missing-intermediate", Severity: rules.Error, Positions: []int{0},
		Message: `"Example TLS CA 1", which issued the leaf, is not sent.`,
		Fix:     "Append it to the chain file, after the leaf.",
		Clients: []string{"android-16", "openssl-3.0", "go", "java-17"},
	}}
	e.Bundle, e.BundleSHA256 = bundleOf("inter")
	e.Unsent = []Unsent{unsentInter(), unsentRoot()}
	return e
}

func rootSent() Endpoint {
	e := served("root.example.com")
	e.Presentation = rules.Warning
	e.Chain = []Certificate{
		leafCert("root.example.com"),
		caCert(1, chain.Root, "root", rootDN, rootDN),
		caCert(2, chain.Intermediate, "inter", interDN, rootDN),
		caCert(3, chain.Unrelated, "other", "CN=証明書 発行局,O=例,C=JP", "CN=証明書 発行局,O=例,C=JP"),
		caCert(4, chain.Duplicate, "inter", interDN, rootDN),
	}
	e.Chain[2].Deviations = []cert.Deviation{cert.NegativeSerial}
	e.Clients = verdicts("root.example.com", everyone())
	e.Findings = []Finding{
		{Rule: "wrong-order", Severity: rules.Warning, Positions: []int{2}, Message: `"Example TLS CA 1" at position 2 issued the leaf and comes after the root at position 1.`, Fix: "Move position 2 before position 1."},
		{Rule: "unrelated-certificate", Severity: rules.Warning, Positions: []int{3}, Message: "Position 3 is on no path.", Fix: "Leave it out."},
		{Rule: "duplicate-certificate", Severity: rules.Warning, Positions: []int{4}, Message: "Position 4 repeats position 2.", Fix: "Leave it out."},
		{Rule: "root-in-chain", Severity: rules.Info, Positions: []int{1}, Message: "The self-signed root is sent; no client needs it.", Fix: "Leave it out."},
	}
	e.Bundle, e.BundleSHA256 = bundleOf("inter")
	return e
}

// hostile carries what an attacker would put into a certificate, cleaned as
// everything is that gets into a report.
func hostile() Endpoint {
	nasty := "CN=\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>\u202egnp.exe\n=cmd()|' /C calc'!A0]]>\"--><img src=x onerror=alert(1)>\x00\xff"
	e := served("hostile.example.com")
	e.Presentation = rules.Error
	leaf := leafCert("hostile.example.com")
	leaf.Subject, leaf.Issuer = Clean(nasty), Clean(nasty)
	e.Chain = []Certificate{leaf, {Position: 1, Role: chain.Unparsable, SHA256: hashOf("junk"), Size: 4}}
	e.Clients = verdicts("hostile.example.com", nil)
	e.Findings = []Finding{
		{Rule: "unparsable-certificate", Severity: rules.Error, Positions: []int{1}, Message: "Position 1 is no certificate: " + Clean(nasty), Fix: Clean(nasty)},
		{Rule: "untrusted-root", Severity: rules.Error, Positions: []int{0}, Message: Clean("=1+1 " + nasty), Clients: exampleClients()},
	}
	return e
}

func waived() Endpoint {
	e := served("legacy.example.com")
	e.Port, e.STARTTLS, e.Address = 25, "smtp", "2001:db8::25"
	e.Presentation = rules.None
	leaf := leafCert("legacy.example.com")
	leaf.NotAfter = day("2026-11-30")
	e.Chain = []Certificate{leaf, caCert(1, chain.Intermediate, "inter", interDN, rootDN), caCert(2, chain.Cross, "cross", rootDN, oldDN), caCert(3, chain.Root, "oldroot", oldDN, oldDN)}
	e.Clients = verdicts("legacy.example.com", everyone())
	e.Clients[6] = Client{Client: "java-17", Reason: "the clock of this profile is before the leaf's notBefore", Path: []Hash{}}
	e.Findings = []Finding{
		{Rule: "expires-soon", Severity: rules.Warning, Positions: []int{0}, Message: "The leaf expires on 2026-11-30, in 8 days.", Fix: "Renew it."},
		{Rule: "root-in-chain", Severity: rules.Info, Positions: []int{3}, Message: "The self-signed root is sent.", Fix: "Leave it out.", Waived: true, Waiver: &Waiver{Reason: "DANE-TA needs it", Expires: day("2027-06-30"), Owner: "mail team", Ticket: "OPS-1234"}},
	}
	e.Unsent = []Unsent{unsentRoot()}
	e.Bundle, e.BundleSHA256 = bundleOf("inter", "cross")
	return e
}

func unreachable() Endpoint {
	return Endpoint{
		Target: "down.example.com:8443", Host: "down.example.com", Port: 8443, ServerName: "down.example.com", Status: Failed,
		Error: &Error{Code: "timeout", Message: "no answer within 10s"}, Handshake: &Handshake{DurationMS: 10000},
	}
}

func file() Endpoint {
	e := Endpoint{Target: "full chain.pem#1", ServerName: "file.example.com", Status: OK, Presentation: rules.None}
	e.Chain = []Certificate{leafCert("file.example.com"), caCert(1, chain.Intermediate, "inter", interDN, rootDN)}
	e.Clients = verdicts("file.example.com", everyone())
	e.Unsent = []Unsent{unsentRoot()}
	e.Bundle, e.BundleSHA256 = bundleOf("inter")
	return e
}
