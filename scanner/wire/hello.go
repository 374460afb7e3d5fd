package wire

import (
	"crypto/rand"
	"encoding/binary"
	"io"
)

// Keys limits a hello to servers' keys of one type.
type Keys string

// The types of key that a hello can be limited to.
const (
	Any   Keys = ""
	RSA   Keys = "rsa"
	ECDSA Keys = "ecdsa"
)

// A Hello is a ClientHello that is only good for seeing the certificate: it
// offers whatever makes a server show one, and cannot complete a handshake.
type Hello struct {
	Version    uint16 // the highest offered, as in crypto/tls; 0x0304 offers TLS 1.3 alone, 0x0300 is SSL 3.0
	ServerName string // sent as SNI; empty: none
	Keys       Keys
}

// Ask sends the hello on a fresh connection, answers one HelloRetryRequest,
// and reads what the server presents. It fails with [ErrTooLarge], [ErrMalformed],
// errNoCertificate, [*NotTLS], [*Alert], or the connection's own error, and has the
// version and cipher suite as far as they were agreed on. The caller closes the
// connection, which is of no further use.
//
// Nothing proves that the server has the key of what it presents. The pool may
// be nil.
func (h Hello) Ask(conn io.ReadWriter, pool *Pool) (Presented, error) {
	b := pool.take()
	defer pool.give(b)
	if h.Version == versionTLS13 {
		return h.ask13(conn, b)
	}
	message := h.append12(b.hand[:0])
	if err := writeRecords(conn, b, message, min(h.Version, versionTLS10)); err != nil {
		return Presented{}, err
	}
	f := flight{client: plain{}}
	return f.over(conn, b)
}

// over reads a flight from a connection with pooled memory.
func (f *flight) over(conn io.Reader, b *buffers) (Presented, error) {
	f.in, f.raw, f.hand, f.pool = conn, b.raw[:0], b.hand[:0], b.pool
	p, err := f.presented()
	b.raw, b.hand = f.raw, f.hand
	return p, err
}

// writeRecords sends a handshake message, which is in b.hand, by way of b.raw.
// A hello is far shorter than a record can be.
func writeRecords(conn io.Writer, b *buffers, message []byte, version uint16) error {
	b.raw = append(b.raw[:0], recordHandshake, byte(version>>8), byte(version), byte(len(message)>>8), byte(len(message)))
	b.raw = append(b.raw, message...)
	b.hand = message
	_, err := conn.Write(b.raw)
	return err
}

// plain is the client of TLS 1.2 and before, which has no secrets to tell and
// asked for nothing that could be retried.
type plain struct{}

func (plain) secret(suite13, serverHello, []byte) ([]byte, error) {
	return nil, malformed("it chose TLS 1.3, which was not offered")
}

func (plain) retry(suite13, serverHello, []byte) error {
	return malformed("a HelloRetryRequest for TLS 1.2")
}

// append12 writes a ClientHello of at most TLS 1.2 (RFC 5246 section 7.4.1.2).
// SSL 3.0 has no extensions, and servers that choke on hellos of their future
// are asked for TLS 1.0 with few.
func (h Hello) append12(b []byte) []byte {
	b = append(b, 1, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, h.Version)
	b = appendRandom(b, 32)
	b = append(b, 0) // no session
	at := len(b)
	b = append(b, 0, 0)
	for _, list := range h.suites() {
		for _, suite := range list {
			if h.Version >= versionTLS12 || !onlyTLS12(suite) {
				b = binary.BigEndian.AppendUint16(b, suite)
			}
		}
	}
	b = binary.BigEndian.AppendUint16(b, 0x00ff) // renegotiation is safe (RFC 5746 section 3.3)
	setLength(b, at)
	b = append(b, 1, 0) // no compression
	if h.Version > versionSSL30 {
		at = len(b)
		b = append(b, 0, 0)
		b = h.appendExtensions12(b)
		setLength(b, at)
	}
	setLength24(b, 1)
	return b
}

func (h Hello) appendExtensions12(b []byte) []byte {
	b = appendServerName(b, h.ServerName)
	b = appendUint16List(b, extensionSupportedGroups, curves)
	b = appendExtension(b, extensionPointFormats, 3, 0, 1, 2)
	if h.Version < versionTLS12 {
		return b
	}
	b = appendUint16List(b, extensionSignatureAlgorithms, h.signatures())
	b = appendExtension(b, extensionMasterSecret)
	b = appendExtension(b, extensionSCTs)
	// Some load balancers hang on hellos of 256 to 511 bytes (RFC 7685 section 1).
	if n := len(b); n > 255 && n < 512 {
		b = appendExtension(b, extensionPadding, make([]byte, 512-n)...)
	}
	return b
}

// onlyTLS12 reports whether a suite may not be offered before TLS 1.2: the AEADs
// and all that hash with SHA-256 or SHA-384.
func onlyTLS12(suite uint16) bool {
	switch {
	case suite >= 0x0067 && suite <= 0x006d, suite >= 0x003b && suite <= 0x0040, // AES-CBC with SHA-256
		suite >= 0x009c && suite <= 0x00a7, suite >= 0x00ba && suite <= 0x00c5, // GCM, Camellia with SHA-256
		suite >= 0xc023 && suite <= 0xc032, suite >= 0xc03c && suite <= 0xc0af, // the same with ECDHE; ARIA, CCM
		suite >= 0xcca8 && suite <= 0xccae, suite >= 0xc100 && suite <= 0xc102: // ChaCha20, GOST of 2012
		return true
	}
	return false
}

func appendRandom(b []byte, n int) []byte {
	at := len(b)
	b = append(b, make([]byte, n)...)
	rand.Read(b[at:]) // never fails (Go 1.24)
	return b
}

// setLength writes how many bytes follow the two at b[at:].
func setLength(b []byte, at int) { binary.BigEndian.PutUint16(b[at:], uint16(len(b)-at-2)) }

func setLength24(b []byte, at int) {
	n := len(b) - at - 3
	b[at], b[at+1], b[at+2] = byte(n>>16), byte(n>>8), byte(n)
}

func appendExtension(b []byte, kind uint16, data ...byte) []byte {
	b = binary.BigEndian.AppendUint16(b, kind)
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

func appendUint16List(b []byte, kind uint16, list []uint16) []byte {
	b = binary.BigEndian.AppendUint16(b, kind)
	b = binary.BigEndian.AppendUint16(b, uint16(2*len(list)+2))
	b = binary.BigEndian.AppendUint16(b, uint16(2*len(list)))
	for _, v := range list {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return b
}

// appendServerName names the server (RFC 6066 section 3).
func appendServerName(b []byte, name string) []byte {
	if name == "" {
		return b
	}
	b = binary.BigEndian.AppendUint16(b, extensionServerName)
	b = binary.BigEndian.AppendUint16(b, uint16(len(name)+5))
	b = binary.BigEndian.AppendUint16(b, uint16(len(name)+3))
	b = append(b, 0) // host_name
	b = binary.BigEndian.AppendUint16(b, uint16(len(name)))
	return append(b, name...)
}
