// Package reports shows verdicts: as a table for people, and as JSON and the
// formats that machines, tickets and browsers want.
//
// The types in report.go are the JSON contract, schema version 1: every other
// format is made from them, so that a saved report can be converted into any.
// Fields are only ever added; anything else raises [SchemaVersion].
//
// It judges nothing and reads no clock, network or environment: width, colour
// and language come in as values. All text that comes from certificates and
// servers goes through [Clean] before it gets here, and again when it is read
// back from a file.
package reports

import (
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner"
)

// SchemaVersion is the version of the JSON contract that this package writes.
const SchemaVersion = 1

// A Header is what a report says before its first endpoint.
type Header struct {
	SchemaVersion int       `json:"schema_version" doc:"version of this contract; fields are only ever added within one version"`
	Tool          Tool      `json:"tool" doc:"the program that wrote the report"`
	StartedAt     time.Time `json:"started_at" null:"yes" doc:"when the scan began; null after a conversion from NDJSON"`
	EvaluatedAt   time.Time `json:"evaluated_at" null:"yes" doc:"the moment as of which chains were judged; null after a conversion from NDJSON"`
	FactsAt       time.Time `json:"facts_at" null:"yes" doc:"date of the facts about CAs and trust stores that chains were judged by; null where it is not known" added:"yes"`
	Clients       []string  `json:"clients" doc:"ids of the client profiles that chains were judged by"`
	Flags         []string  `json:"flags" doc:"what to type after tlschain scan or fix and a target, so that it is judged as here" added:"yes"`
	Detail        string    `json:"detail,omitempty" enum:"brief" doc:"what endpoints look like; absent: full, as described here; brief: as at the end"`
}

// A Tool names the program that wrote a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// An Endpoint is one address of one target, or one file, with its verdict.
type Endpoint struct {
	Target             string            `json:"target" doc:"the target as typed, or the file's name"`
	Host               string            `json:"host,omitempty" doc:"host name or address literal; absent for a file"`
	Port               uint16            `json:"port,omitempty" doc:"TCP port; absent for a file"`
	ServerName         string            `json:"server_name" doc:"the name that was sent as SNI and checked; empty: no name was judged"`
	Address            string            `json:"address" doc:"IP address that the connection went to; empty if none was made"`
	STARTTLS           string            `json:"starttls" doc:"dialect spoken before TLS; empty: none"`
	Transport          scanner.Transport `json:"transport,omitempty" doc:"quic: over UDP; absent: TCP"`
	PinnedTarget       string            `json:"pinned_target,omitempty" doc:"the target with the address, where the list or the user gave one, such as www.example.com@192.0.2.7:443" added:"yes"`
	Tags               map[string]string `json:"tags,omitempty" doc:"the user's own, from the list of targets; absent: none"`
	List               *ListPlace        `json:"list,omitempty" doc:"where a list of targets named it; absent: it was given otherwise, or comes from the history of audits" added:"yes"`
	SeenAt             time.Time         `json:"seen_at" null:"yes" doc:"when the connection began; null for a file" added:"yes"`
	Status             Status            `json:"status" enum:"ok,failed" doc:"ok as soon as a chain was captured"`
	Error              *Error            `json:"error" doc:"why there is no chain, or why the handshake did not complete after it; null: neither"`
	Handshake          *Handshake        `json:"handshake" doc:"null for a file"`
	QUIC               *QUIC             `json:"quic,omitempty" doc:"what the same host and port showed over UDP; present with --variants quic"`
	DANE               *DANE             `json:"dane,omitempty" doc:"what DNS says of the server's certificates; present with --dane"`
	Revocation         []Revocation      `json:"revocation,omitempty" doc:"what CAs say of the certificates that were presented; present with --revocation" added:"yes"`
	Severity           rules.Severity    `json:"severity" null:"yes" enum:"ok,info,warning,error" doc:"worst finding that is not waived; null when status is failed" added:"yes"`
	Presentation       rules.Severity    `json:"presentation" null:"yes" enum:"ok,info,warning,error" doc:"worst finding about what the server sends; null when status is failed"`
	Product            string            `json:"product" doc:"product of the CA, by the catalogue; empty: not recognised"`
	NotAfter           time.Time         `json:"not_after" null:"yes" doc:"when the leaf expires; null: there is none" added:"yes"`
	DaysLeft           *int              `json:"days_left" doc:"whole days from the moment of judgement until the leaf expires, negative afterwards; null: there is no leaf" added:"yes"`
	DNSNames           []string          `json:"dns_names" doc:"the leaf's subject alternative names of type dNSName; at most 1,000" added:"yes"`
	IssuerOrganization string            `json:"issuer_organization" doc:"organisation in the name of the leaf's issuer; empty: none" added:"yes"`
	Chain              []Certificate     `json:"chain" doc:"what was presented, in order"`
	Missing            []Missing         `json:"missing" doc:"certificates that should have been sent"`
	Findings           []Finding         `json:"findings" doc:"worst first"`
	Clients            []Client          `json:"clients" brief:"-" doc:"what each client profile makes of the chain"`
	BundleSHA256       Hash              `json:"bundle_sha256" null:"yes" doc:"SHA-256 over the binary SHA-256s of the corrected certificates after the leaf, in order; null: no fix is known"`
	Bundle             []Hash            `json:"bundle" doc:"SHA-256s of the corrected certificates after the leaf, in order"`
	Unsent             []Unsent          `json:"unsent" brief:"-" doc:"certificates that clients' paths and the bundle hold and the server did not send"`
	Seen               *Seen             `json:"seen,omitempty" doc:"from when to when it was so; present in exports of several audits, where an endpoint appears once for each state that it was in"`

	fix     []*cert.Certificate // with bytes, for whoever stores or counts fixes
	partial bool                // some client refuses the fix all the same; not known of a saved report
}

// A ListPlace is a line of a list of targets.
type ListPlace struct {
	File string `json:"file" doc:"as it was given"`
	Line int    `json:"line" doc:"from 1"`
}

// A Seen is how long audits found an endpoint in one state.
type Seen struct {
	First time.Time `json:"first" doc:"when the first audit that found it so began"`
	Last  time.Time `json:"last" doc:"when the last audit that found it so began"`
}

// A Status tells whether a chain was captured.
type Status string

// The statuses.
const (
	OK     Status = "ok"
	Failed Status = "failed"
)

// An Error is why an endpoint could not be judged, or only in part.
type Error struct {
	Code    string `json:"code" doc:"dns, refused, unreachable, timeout, reset, starttls, busy, not_tls, handshake, too_large, ...: codes are only ever added"`
	Message string `json:"message"`
}

// A Handshake is what was agreed with the server.
type Handshake struct {
	TLSVersion  string  `json:"tls_version" doc:"such as TLS 1.3; empty if none was agreed"`
	CipherSuite string  `json:"cipher_suite" doc:"IANA name; empty if none was agreed"`
	Complete    bool    `json:"complete" doc:"the server proved possession of the leaf's key"`
	DurationMS  float64 `json:"duration_ms" doc:"of the whole attempt: dial, STARTTLS and handshake"`
	ALPN        string  `json:"alpn,omitempty" doc:"protocol that was agreed in a QUIC handshake, such as h3; absent: none, or TCP"`

	Staple      *Staple  `json:"staple,omitempty" doc:"the stapled OCSP response; absent: none was sent"`
	ClientAsked bool     `json:"client_asked,omitempty" doc:"the server asked for a client certificate; absent: no, or by TLS 1.2 with --fast, which does not read so far"`
	ClientCA    []string `json:"client_ca,omitempty" doc:"names of the CAs whose client certificates the server says it takes (RFC 4514), in its order, at most 1,000; absent: it names none"`
}

// A QUIC is what a handshake over UDP showed beside the one over TCP.
type QUIC struct {
	Status    Status    `json:"status" enum:"ok,failed" doc:"ok as soon as a chain was captured"`
	Error     *Error    `json:"error" doc:"why there is no chain, or why the handshake did not complete after it; null: neither"`
	Handshake Handshake `json:"handshake"`
	Chain     []Hash    `json:"chain" doc:"SHA-256s of the certificates as sent, in order"`
}

// A Staple is a stapled OCSP response: what it says of the leaf.
type Staple struct {
	Status     rules.StapleStatus `json:"status" enum:"good,revoked,unknown,broken" doc:"broken: it cannot be read"`
	ThisUpdate time.Time          `json:"this_update" null:"yes"`
	NextUpdate time.Time          `json:"next_update" null:"yes" doc:"until when it is good; null: newer ones are always there"`
	Fault      string             `json:"fault,omitempty" doc:"why clients do not go by it: out of date, of another certificate, or not signed by its issuer"`
}

// A DANE is what DNS says of a server's certificates, and what that is to those
// which it sent.
type DANE struct {
	Name          string `json:"name" doc:"of the TLSA records, such as _25._tcp.mx.example.com"`
	Resolver      string `json:"resolver" doc:"the name server that was asked, and trusted to validate DNSSEC"`
	Authenticated bool   `json:"authenticated" doc:"the resolver says that it validated the answer (AD)"`
	Error         string `json:"error,omitempty" doc:"why there is no answer"`
	Records       []TLSA `json:"records" doc:"at most 64"`
	More          int    `json:"more,omitempty" doc:"records that are not listed"`
}

// A TLSA is one record.
type TLSA struct {
	Usage        int             `json:"usage"`
	Selector     int             `json:"selector"`
	MatchingType int             `json:"matching_type"`
	Data         string          `json:"data" doc:"lower-case hex, at most 64 bytes of it"`
	State        rules.DANEState `json:"state" enum:"matches,untrusted,not-sent,other,unusable" doc:"matches: a certificate as sent; untrusted: one that leads to no root, for usages 0 and 1; not-sent: a CA of the chain that was not sent; other: none of the chain"`
	Position     *int            `json:"position" doc:"of the certificate that it names, if that was sent"`
}

// A Certificate is one presented entry.
type Certificate struct {
	Position           int              `json:"position" brief:"-" doc:"from 0"`
	Role               chain.Role       `json:"role" brief:"-" enum:"leaf,intermediate,cross,root,wrong,duplicate,unrelated,unparsable" doc:"cross: its key also has a known self-signed certificate"`
	Subject            string           `json:"subject" doc:"RFC 4514"`
	Issuer             string           `json:"issuer" doc:"RFC 4514"`
	Serial             string           `json:"serial" doc:"lower-case hex, with a minus sign if negative"`
	SHA256             Hash             `json:"sha256" doc:"of the entry as sent"`
	SPKISHA256         Hash             `json:"spki_sha256" null:"yes" doc:"of the SubjectPublicKeyInfo; null: unparsable"`
	NotBefore          time.Time        `json:"not_before" null:"yes"`
	NotAfter           time.Time        `json:"not_after" null:"yes"`
	Key                string           `json:"key" doc:"such as RSA 2048 or EC P-256"`
	SignatureAlgorithm string           `json:"signature_algorithm" doc:"such as SHA256-RSA"`
	Size               int              `json:"size" doc:"in bytes"`
	Deviations         []cert.Deviation `json:"deviations" doc:"departures from RFC 5280 that some clients refuse"`
	KeyUsage           []string         `json:"key_usage,omitempty" doc:"names of RFC 5280 section 4.2.1.3, such as digitalSignature"`
	ExtKeyUsage        []string         `json:"ext_key_usage,omitempty" doc:"such as serverAuth, or a dotted OID"`
	Policies           []string         `json:"policies,omitempty" doc:"dotted OIDs of the certificate policies"`
	AIAURLs            []string         `json:"aia_urls,omitempty" doc:"where the issuer's certificate can be had"`
	OCSPURLs           []string         `json:"ocsp_urls,omitempty"`
	CRLURLs            []string         `json:"crl_urls,omitempty"`
	PEM                string           `json:"pem,omitempty" text:"pem" doc:"the certificate as sent; present with --include pem"`
}

// A Missing certificate should have been sent and was not.
type Missing struct {
	After    int       `json:"after" doc:"position after which it belongs"`
	Subject  string    `json:"subject" doc:"RFC 4514"`
	Issuer   string    `json:"issuer" doc:"RFC 4514; empty when no known certificate fits"`
	SHA256   Hash      `json:"sha256" null:"yes" doc:"null when no known certificate fits"`
	NotAfter time.Time `json:"not_after" null:"yes" doc:"null when no known certificate fits"`
	AIAURL   string    `json:"aia_url" doc:"where the certificate that it issued says it can be had; empty: nowhere"`
	Source   string    `json:"source" doc:"where we know it from: pool, catalog or aia; empty when no known certificate fits"`
}

// A Finding is one fault.
type Finding struct {
	Rule      string         `json:"rule" doc:"see tlschain explain"`
	Severity  rules.Severity `json:"severity" enum:"info,warning,error"`
	Positions []int          `json:"positions" doc:"of the presented certificates at fault"`
	Message   string         `json:"message" doc:"one sentence on this very chain"`
	Fix       string         `json:"fix" doc:"what to do here"`
	Clients   []string       `json:"clients" doc:"ids of the clients that break because of it"`
	Variant   string         `json:"variant,omitempty" doc:"the handshake whose chain it is about, such as rsa; absent: that of chain"`
	Waived    bool           `json:"waived" doc:"accepted by a waiver: shown, and does not count"`
	Waiver    *Waiver        `json:"waiver,omitempty" doc:"present when waived"`
	Authority *Authority     `json:"authority,omitempty" doc:"of untrusted-root: the CA that no chosen client trusts" added:"yes"`
}

// An Authority is the CA at which a chain ends.
type Authority struct {
	Subject    string `json:"subject" doc:"RFC 4514"`
	SPKISHA256 Hash   `json:"spki_sha256" null:"yes" doc:"null: its certificate was not sent"`
	Known      bool   `json:"known" doc:"it is a public CA that the program knows"`
}

// A Waiver is why a finding does not count.
type Waiver struct {
	Reason  string    `json:"reason"`
	Expires time.Time `json:"expires" null:"yes"`
	Owner   string    `json:"owner,omitempty" doc:"who accepted the finding" added:"yes"`
	Ticket  string    `json:"ticket,omitempty" doc:"where that is written down" added:"yes"`
}

// A Client is what one client profile makes of a chain.
type Client struct {
	Client     string      `json:"client" doc:"profile id, see tlschain clients"`
	Accepted   bool        `json:"accepted" doc:"by chain building, trust, dates, names and algorithm policy; not revocation, CT, pins, protocol or cipher"`
	By         client.By   `json:"by" null:"yes" enum:"presented,aia,preload" doc:"where the accepted path's certificates come from; null when rejected"`
	Reason     string      `json:"reason" doc:"in words that a person can act on"`
	ReasonCode client.Code `json:"reason_code" null:"yes" added:"yes" doc:"the kind of fault for which it rejects; null when accepted"`
	Path       []Hash      `json:"path" doc:"SHA-256s, leaf to anchor; rejected: as far as it came"`
}

// An Unsent certificate is on some client's path or in the bundle, and was not
// sent: an anchor, or what the client had from elsewhere.
type Unsent struct {
	SHA256     Hash      `json:"sha256"`
	SPKISHA256 Hash      `json:"spki_sha256"`
	Subject    string    `json:"subject" doc:"RFC 4514"`
	Issuer     string    `json:"issuer" doc:"RFC 4514"`
	NotAfter   time.Time `json:"not_after" null:"yes"`
	SelfIssued bool      `json:"self_issued" doc:"subject and issuer are the same name: a root"`
}
