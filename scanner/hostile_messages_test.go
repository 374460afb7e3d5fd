package scanner

import (
	"bytes"
	"net"
	"slices"
	"strings"
)

func hostileHellos() []behaviour {
	hello13 := func(random string, extensions ...byte) func(net.Conn) {
		return answer(func(h clientHello) []byte {
			return chop(1<<14, serverHello(0x0303, 0x1301, random, string(h.session), append(slices.Clone(tls13), extensions...)...))
		})
	}
	share := append([]byte{0, 51, 0, 69, 0, 23, 0, 65, 4}, make([]byte, 64)...)
	return []behaviour{
		{name: "a ServerHello of nothing", serve: says(chop(99, message(2))), code: Handshake},
		{name: "a ServerHello of TLS 9", serve: says(chop(99, serverHello(0x0900, 1, "", ""))), code: Handshake},
		{name: "SSL 2 as the version", serve: says(chop(99, serverHello(0x0002, 1, "", ""))), code: Handshake},
		{name: "a suite that nobody offered", serve: says(chop(999, append(serverHello(0x0303, 0xeeee, "", ""), certificates(small...)...))), chain: small},
		{name: "the session of TLS 1.3 in TLS 1.2", chain: small, serve: answer(func(h clientHello) []byte {
			return chop(999, append(serverHello(0x0303, 0xc02f, "", string(h.session)), certificates(small...)...))
		})},
		{name: "two ServerHellos", serve: says(chop(999, append(serverHello(0x0303, 0xc02f, "", ""), flight(small...)...))), code: Handshake},
		{name: "a certificate before the hello", serve: says(chop(999, certificates(small...))), code: Handshake},
		{name: "no certificate", serve: says(chop(999, append(serverHello(0x0303, 0xc02f, "", ""), message(14)...))), code: Handshake},
		{name: "a finished handshake at once", serve: says(chop(999, append(serverHello(0x0303, 0xc02f, "", ""), message(20, make([]byte, 12)...)...))), code: Handshake},
		{name: "a point that is none", serve: hello13("", share...), code: Handshake},
		{name: "no key share", serve: hello13(""), code: Handshake},
		{name: "garbage for encrypted data", code: Handshake, serve: says(chop(999, serverHello(0x0303, 0x1301, "", "", tls13...)), record(23, make([]byte, 99)...))},
		{name: "a retry for nothing", serve: hello13(retryRandom), code: Handshake},
		{name: "a retry for what it has", serve: hello13(retryRandom, 0, 51, 0, 2, 0, 23), code: Handshake},
		{name: "a retry for a group of nobody's", serve: hello13(retryRandom, 0, 51, 0, 2, 0xff, 0xff), code: Handshake},
		{name: "two retries", code: Handshake, serve: func(conn net.Conn) {
			for range 2 {
				h := readClientHello(conn)
				if h.raw == nil {
					return
				}
				conn.Write(chop(999, serverHello(0x0303, 0x1301, retryRandom, string(h.session), append(slices.Clone(tls13), 0, 51, 0, 2, 0, 24)...)))
			}
		}},
		{name: "a cookie of 60 KiB", code: Reset, serve: hello13(retryRandom, slices.Concat([]byte{0, 44, 0xea, 0x62, 0xea, 0x60}, make([]byte, 60_000))...)},
		{name: "a compressed certificate", code: Handshake, serve: says(chop(999, append(serverHello(0x0303, 0xc02f, "", ""), message(25, make([]byte, 99)...)...)))},
	}
}

// der is an element with a length in four bytes.
func der(tag byte, content []byte) []byte {
	n := len(content)
	return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, content...)
}

func hostileCertificates() []behaviour {
	list := func(entries ...[]byte) behaviour {
		return behaviour{serve: says(chop(1<<14, flight(entries...))), chain: entries}
	}
	named := func(name string, b behaviour) behaviour {
		b.name = name
		return b
	}
	tooLarge := func(name string, b behaviour) behaviour {
		b.name, b.code, b.chain = name, TooLarge, nil
		return b
	}
	broken := func(name string, body ...byte) behaviour {
		return behaviour{name: name, code: Handshake, serve: says(chop(1<<14, append(serverHello(0x0303, 0xc02f, "", ""), message(11, body...)...)))}
	}
	san := func(n int) []byte { return der(0x30, []byte(strings.Repeat("\x82\x10host.example.com", n))) }
	nested := bytes.Repeat([]byte{0x30, 0x80}, 50_000)
	return []behaviour{
		named("bytes that are no certificate", list([]byte{0xff}, []byte("<html>"))),
		named("an entry of no bytes", list([]byte("leaf"), nil)),
		named("a certificate with 5,000 SANs", list(san(5_000))),
		tooLarge("a certificate with 100,000 SANs", list(san(100_000))),
		named("10,000 name constraints", list(der(0x30, bytes.Repeat(der(0x30, []byte("\x82\x03a.b")), 10_000)))),
		named("a serial number of 100 KB", list(der(0x30, der(2, make([]byte, 100_000))))),
		tooLarge("a serial number of 1 MB", list(der(0x30, der(2, make([]byte, 1_000_000))))),
		named("DER nested 50,000 times", list(nested)),
		named("escape sequences for a certificate", list([]byte("\x1b[2J\x1b]0;pwned\x07"))),
		named("200 certificates", list(slices.Repeat([][]byte{[]byte("again")}, 200)...)),
		tooLarge("201 certificates", list(slices.Repeat([][]byte{[]byte("again")}, 201)...)),
		tooLarge("60,000 certificates of nothing", list(slices.Repeat([][]byte{nil}, 60_000)...)),
		{name: "an endless certificate list", code: TooLarge, serve: endlessly(
			chop(1<<14, append(serverHello(0x0303, 0xc02f, "", ""), 11, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc)),
			chop(1<<14, bytes.Repeat([]byte{0, 0, 1, 'x'}, 1<<12)))},
		{name: "16 MiB of ServerHello", code: TooLarge, serve: endlessly(record(22, 2, 0xff, 0xff, 0xff), record(22, make([]byte, 1<<14)...))},
		{name: "endless CertificateRequests", code: Handshake, serve: endlessly(
			chop(999, serverHello(0x0303, 0xc02f, "", "")), chop(1<<14, message(13, make([]byte, 60_000)...)))},
		broken("an empty list", 0, 0, 0),
		broken("a list of one length byte", 0),
		broken("a list longer than its message", 0, 1, 0, 1),
		broken("an entry longer than its list", 0, 0, 4, 0, 0, 9, 1),
		broken("bytes behind the list", 0, 0, 4, 0, 0, 1, 'x', 'y'),
	}
}
