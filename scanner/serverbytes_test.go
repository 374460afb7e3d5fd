package scanner

import (
	"encoding/binary"
	"net"
	"slices"
)

// What servers send, put together by hand.

func record(kind byte, payload ...byte) []byte {
	return append([]byte{kind, 3, 3, byte(len(payload) >> 8), byte(len(payload))}, payload...)
}

func message(kind byte, body ...byte) []byte {
	return append([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}

func alert(number byte) []byte { return record(21, 2, number) }

func serverHello(version, suite uint16, random, session string, extensions ...byte) []byte {
	body := binary.BigEndian.AppendUint16(nil, version)
	if random == "" {
		random = string(make([]byte, 32))
	}
	body = append(body, random...)
	body = append(body, byte(len(session)))
	body = append(body, session...)
	body = binary.BigEndian.AppendUint16(body, suite)
	body = append(body, 0)
	if len(extensions) > 0 {
		body = append(binary.BigEndian.AppendUint16(body, uint16(len(extensions))), extensions...)
	}
	return message(2, body...)
}

const retryRandom = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

var tls13 = []byte{0, 43, 0, 2, 3, 4} // the extension supported_versions

func certificates(entries ...[]byte) []byte {
	var list []byte
	for _, e := range entries {
		list = append(list, byte(len(e)>>16), byte(len(e)>>8), byte(len(e)))
		list = append(list, e...)
	}
	return message(11, append([]byte{byte(len(list) >> 16), byte(len(list) >> 8), byte(len(list))}, list...)...)
}

// flight is a server's first flight of TLS 1.2 as one run of handshake bytes.
func flight(entries ...[]byte) []byte {
	return append(serverHello(0x0303, 0xc02f, "", ""), certificates(entries...)...)
}

// chop makes records of at most size bytes.
func chop(size int, handshake []byte) (all []byte) {
	for part := range slices.Chunk(handshake, size) {
		all = append(all, record(22, part...)...)
	}
	return all
}

// A clientHello is what a server may want to know before it misbehaves.
type clientHello struct {
	raw        []byte // with the record's header
	version    uint16
	session    []byte
	extensions []uint16
}

// readClientHello reads one record and takes it to pieces; the zero value if
// it is none.
func readClientHello(conn net.Conn) (h clientHello) {
	b := make([]byte, 1<<15)
	n := 0
	for n < 5 || n < 5+int(binary.BigEndian.Uint16(b[3:])) {
		m, err := conn.Read(b[n:])
		if err != nil {
			return h
		}
		if n += m; n >= 6 && b[0] == 20 { // ChangeCipherSpec, before a second hello
			n = copy(b, b[6:n])
		}
	}
	h.raw, h.version = b[:n], binary.BigEndian.Uint16(b[9:])
	at := 43
	h.session = b[at+1 : at+1+int(b[at])]
	at += 1 + int(b[at])
	at += 2 + int(binary.BigEndian.Uint16(b[at:]))
	at += 1 + int(b[at])
	for at += 2; at+4 <= n; at += 4 + int(binary.BigEndian.Uint16(b[at+2:])) {
		h.extensions = append(h.extensions, binary.BigEndian.Uint16(b[at:]))
	}
	return h
}

// answer is a server's way with a hello: it says what say returns, and waits
// for the client to go.
func answer(say func(clientHello) []byte) func(net.Conn) {
	return func(conn net.Conn) {
		conn.Write(say(readClientHello(conn)))
		conn.Read(make([]byte, 1<<10))
	}
}

// says is answer for those who say the same to all.
func says(parts ...[]byte) func(net.Conn) {
	return answer(func(clientHello) []byte { return slices.Concat(parts...) })
}

// thenCloses is says with the end of the connection behind it.
func thenCloses(parts ...[]byte) func(net.Conn) {
	return func(conn net.Conn) {
		readClientHello(conn)
		conn.Write(slices.Concat(parts...))
	}
}

// endlessly repeats itself for as long as anybody listens.
func endlessly(first []byte, again []byte) func(net.Conn) {
	return func(conn net.Conn) {
		readClientHello(conn)
		conn.Write(first)
		for {
			if _, err := conn.Write(again); err != nil {
				return
			}
		}
	}
}
