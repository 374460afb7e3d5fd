package wire

import (
	"encoding/binary"
	"testing"
)

// What a server sends, put together by hand.

func record(kind byte, payload ...byte) []byte {
	return append([]byte{kind, 3, 3, byte(len(payload) >> 8), byte(len(payload))}, payload...)
}

func message(kind byte, body []byte) []byte {
	return append([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}

func join(parts ...[]byte) (all []byte) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func extension(kind uint16, data ...byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, kind)
	return append(binary.BigEndian.AppendUint16(b, uint16(len(data))), data...)
}

// serverHelloMessage makes a ServerHello; random is 32 zeros unless given.
func serverHelloMessage(version, cipher uint16, random string, extensions ...[]byte) []byte {
	body := binary.BigEndian.AppendUint16(nil, version)
	if random == "" {
		random = string(make([]byte, 32))
	}
	body = append(body, random...)
	body = append(body, 0)
	body = binary.BigEndian.AppendUint16(body, cipher)
	body = append(body, 0)
	if all := join(extensions...); len(all) > 0 {
		body = append(binary.BigEndian.AppendUint16(body, uint16(len(all))), all...)
	}
	return message(messageServerHello, body)
}

func hello12() []byte { return serverHelloMessage(versionTLS12, 0xc02f, "") }

func hello13(cipher uint16) []byte {
	return serverHelloMessage(versionTLS12, cipher, "", extension(extensionSupportedVersions, 3, 4))
}

func retry13(cipher uint16) []byte {
	return serverHelloMessage(versionTLS12, cipher, helloRetry, extension(extensionSupportedVersions, 3, 4), extension(extensionKeyShare, 0, 29))
}

func uint24(b []byte) []byte {
	return append([]byte{byte(len(b) >> 16), byte(len(b) >> 8), byte(len(b))}, b...)
}

func certificate12(entries ...[]byte) []byte {
	var list []byte
	for _, e := range entries {
		list = append(list, uint24(e)...)
	}
	return message(messageCertificate, uint24(list))
}

func certificate13(staple []byte, entries ...[]byte) []byte {
	var list []byte
	for i, e := range entries {
		list = append(list, uint24(e)...)
		var x []byte
		if i == 0 && staple != nil {
			x = extension(extensionStatusRequest, append([]byte{1}, uint24(staple)...)...)
		}
		list = append(append(list, byte(len(x)>>8), byte(len(x))), x...)
	}
	return message(messageCertificate, append([]byte{0}, uint24(list)...))
}

// chop makes records of at most size bytes.
func chop(size int, handshake []byte) (all []byte) {
	for len(handshake) > 0 {
		n := min(size, len(handshake))
		all = append(all, record(recordHandshake, handshake[:n]...)...)
		handshake = handshake[n:]
	}
	return all
}

// A sealer protects records as the server does.
type sealer struct{ *opener }

func newSealer(t testing.TB, cipher uint16, secret []byte) sealer {
	t.Helper()
	suite, err := suiteByID(cipher)
	if err != nil {
		t.Fatal(err)
	}
	o, err := newOpener(suite, secret)
	if err != nil {
		t.Fatal(err)
	}
	return sealer{o}
}

func (s sealer) seal(kind byte, payload []byte, padding int) []byte {
	plain := append(append(append([]byte(nil), payload...), kind), make([]byte, padding)...)
	n := len(plain) + s.aead.Overhead()
	header := []byte{recordApplicationData, 3, 3, byte(n >> 8), byte(n)}
	nonce := append([]byte(nil), s.iv...)
	for i := range 8 {
		nonce[11-i] ^= byte(s.sequence >> (8 * i))
	}
	s.sequence++
	return s.aead.Seal(header, nonce, plain, header)
}

// readAll reads a flight from memory, with a secret for TLS 1.3.
func readAll(sent, secret []byte) (Presented, error) {
	f := flight{client: taped{secret}}
	f.raw = append([]byte(nil), sent...)
	return f.presented()
}
