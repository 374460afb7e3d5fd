package scanner

import (
	"crypto/tls"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tlschain/tlschain/scanner/wire"
)

// A Target is one endpoint to look at: where to connect, and which name to
// ask for. The zero value of every field but Host or Addr means "not given".
type Target struct {
	Text       string            // as typed, for the report
	Host       string            // host name (A-labels, lower case) or address literal; never empty
	Port       uint16            // TCP port; UDP where the transport is QUIC
	ServerName string            // sent as SNI and checked; empty: none is sent and no name is judged
	Addr       netip.Addr        // where to connect; invalid: resolve Host
	Transport  Transport         // what carries TLS
	STARTTLS   string            // dialect name ("smtp", "imap", ...); empty: TLS from the first byte
	Tags       map[string]string // from the target file, carried into nothing but group-by
	Expect     string            // lower-case hex SHA-256 of the leaf that should be served; empty: none
	List       string            // file that names it; empty: none does
	Line       int               // in that file, from 1
}

// A Transport is what carries TLS. The empty one is TCP.
type Transport string

// The transports.
const (
	TCP  Transport = ""
	QUIC Transport = "quic" // over UDP
)

// A Variant tells which handshake an observation comes from. The empty
// variant is the default one: SNI as in the target, every version and key type.
type Variant string

// The variants that Options.Variants can ask for beside the default.
const (
	Default Variant = ""
	NoSNI   Variant = "no-sni"
	RSA     Variant = "rsa"
	ECDSA   Variant = "ecdsa"
	TLS12   Variant = "tls1.2"
	TLS13   Variant = "tls1.3"

	OverQUIC Variant = "quic" // the same host and port, over UDP
)

// An Observation is everything one connection taught us. An unreachable host
// is an observation too, with Failure set: the scanner returns no errors for
// what the world does.
type Observation struct {
	Target   Target
	Variant  Variant
	Addr     netip.AddrPort // where the connection went; invalid if it never got that far
	At       time.Time      // when it began
	Took     time.Duration  // of the whole attempt: dial, STARTTLS and handshake
	Version  uint16         // TLS version as in crypto/tls; 0 if none was agreed
	Cipher   uint16         // cipher suite as in crypto/tls
	Complete bool           // the handshake ended: the server proved possession of the leaf's key
	Chain    [][]byte       // the certificate entries as sent, in order, parsed by nobody yet
	Staple   []byte         // the stapled OCSP response, if any
	SCTs     [][]byte       // signed certificate timestamps of the TLS extension
	ALPN     string         // the protocol that a QUIC handshake agreed on, such as h3
	Flight   int            // bytes of the server's QUIC handshake, which it sends before the client's address is validated; 0: no limit
	Request  *wire.Request  // for a certificate of the client's; nil: none was seen (Fast sees those of TLS 1.3)
	Failure  *Failure       // why there is no chain, or why the handshake did not complete after it
}

// show takes in what a server showed of itself, as far as it was read.
func (o *Observation) show(p *wire.Presented) {
	o.Version, o.Cipher = p.Version, p.Cipher
	o.Chain, o.Staple, o.SCTs = p.Chain, p.Staple, p.SCTs
	if p.Request != nil {
		o.Request = p.Request
	}
}

// RSAExchange reports whether the cipher suite uses the leaf's key for RSA key
// exchange, so that it makes no signatures.
func (o *Observation) RSAExchange() bool {
	return strings.HasPrefix(o.CipherName(), "TLS_RSA_")
}

// CipherName is the name of the cipher suite; of one that crypto/tls does not know,
// its number. It is empty where none was agreed.
func (o *Observation) CipherName() string {
	if o.Cipher == 0 {
		return ""
	}
	if name, ok := cipherNames()[o.Cipher]; ok {
		return name
	}
	return tls.CipherSuiteName(o.Cipher)
}

// cipherNames are the names that crypto/tls has, which makes its table anew each
// time that it is asked for one.
var cipherNames = sync.OnceValue(func() map[uint16]string {
	names := make(map[uint16]string)
	for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		names[suite.ID] = suite.Name
	}
	return names
})

// Captured reports whether a chain was seen; the endpoint's status is "ok" then,
// whatever became of the handshake afterwards.
func (o *Observation) Captured() bool { return len(o.Chain) > 0 }
