package quic

import (
	"bytes"
	"crypto/tls"
	"encoding/hex"
	"testing"
)

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The examples of RFC 9001 appendix A.
func TestVectors(t *testing.T) {
	destination := unhex(t, "8394c8f03e515708")
	client, server, err := initialKeys(destination)
	if err != nil {
		t.Fatal(err)
	}
	if mask := client.mask(unhex(t, "d1b1c98dd7689fb8ec11d242b123dc9b")); hex.EncodeToString(mask[:]) != "437b9aec36" {
		t.Errorf("A.2: %x", mask)
	}
	if mask := server.mask(unhex(t, "2cd0991cd25b0aac406a5816b6394100")); hex.EncodeToString(mask[:]) != "2ec0d8356a" {
		t.Errorf("A.3: %x", mask)
	}
	retry := unhex(t, "ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba")
	h, _, ok := parseHeader(retry)
	token, valid := h.retryToken(destination)
	if !ok || !valid || string(token) != "token" {
		t.Errorf("A.4: %t, %t, %q", ok, valid, token)
	}
	if _, valid := h.retryToken([]byte("8394c8f0")); valid {
		t.Error("A.4: a Retry for another connection")
	}
	secret := unhex(t, "9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b")
	p, err := newProtection(tls.TLS_CHACHA20_POLY1305_SHA256, secret)
	if err != nil {
		t.Fatal(err)
	}
	if mask := p.mask(unhex(t, "5e5cd55c41f69080575d7999c25a5bfb")); hex.EncodeToString(mask[:]) != "aefefe7d03" {
		t.Errorf("A.5: %x", mask)
	}
	if got := p.aead.Seal(nil, p.nonce(654360564), []byte{1}, unhex(t, "4200bff4")); hex.EncodeToString(got) != "655e5cd55c41f69080575d7999c25a5bfb" {
		t.Errorf("A.5: %x", got)
	}
}

// What is sealed opens, at each suite.
func TestSealAndOpen(t *testing.T) {
	for suite, size := range map[uint16]int{tls.TLS_AES_128_GCM_SHA256: 32, tls.TLS_AES_256_GCM_SHA384: 48, tls.TLS_CHACHA20_POLY1305_SHA256: 32} {
		p, err := newProtection(suite, make([]byte, size))
		if err != nil {
			t.Fatal(err)
		}
		header := []byte{0xe3, 0, 0, 0, 1, 0, 0, 0x40, 36, 0, 0, 0, 7}
		packet := p.seal(nil, header, []byte("sixteen bytes !!"), 7)
		h, rest, ok := parseHeader(packet)
		if !ok || len(rest) > 0 || h.kind != typeHandshake {
			t.Fatalf("%#x: %t, %+v", suite, ok, h)
		}
		number, payload, ok := p.open(h.packet, h.pn, 5)
		if !ok || number != 7 || string(payload) != "sixteen bytes !!" {
			t.Errorf("%#x: %d, %q, %t", suite, number, payload, ok)
		}
	}
}

// RFC 9000 appendix A.3.
func TestFullNumber(t *testing.T) {
	if n := fullNumber(0x9b32, 2, 0xa82f30ea); n != 0xa82f9b32 {
		t.Errorf("%#x", n)
	}
}

// Acknowledgements read as they were written, whatever the gaps.
func TestAck(t *testing.T) {
	var s spans
	for _, n := range []uint64{5, 0, 1, 9, 7, 6, 3} {
		s.add(n, n+1)
	}
	// 9; a gap of 1 (8); 5-7; a gap of 1 (4); 3; a gap of 1 (2); 0-1.
	if got, want := s.appendAck(nil), []byte{2, 9, 0, 3, 0, 0, 2, 0, 0, 0, 1}; !bytes.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	var full spans
	for n := range uint64(maxSpans) {
		if !full.add(2*n, 2*n+1) {
			t.Fatal(n)
		}
	}
	if full.add(1000, 1001) || !full.add(1, 2) {
		t.Error("gaps without end")
	}
}

// FuzzDatagram feeds a client whatever may come, in its own keys and without.
func FuzzDatagram(f *testing.F) {
	f.Add([]byte{6, 0, 4, 2, 0, 0, 0}, true)
	f.Add([]byte{2, 0, 0, 0, 0}, true)
	f.Add([]byte{0x1c, 0x41, 0x28, 0, 0}, true)
	f.Add([]byte{0xc3, 0, 0, 0, 1, 8}, false)
	f.Fuzz(func(t *testing.T, b []byte, sealed bool) {
		c := &conn{link: nil, source: []byte("ourselves"), destination: []byte("peer"), tls: tls.QUICClient(&tls.QUICConfig{TLSConfig: &tls.Config{
			ServerName: "x", MinVersion: tls.VersionTLS13}})}
		defer c.tls.Close()
		c.initial.kind, c.initial.level = typeInitial, tls.QUICEncryptionLevelInitial
		c.handshake.kind, c.handshake.level = typeHandshake, tls.QUICEncryptionLevelHandshake
		var err error
		if c.initial.write, c.initial.read, err = initialKeys(c.destination); err != nil {
			t.Fatal(err)
		}
		c.tls.SetTransportParameters(transportParameters(c.source))
		if err := c.tls.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if sealed && len(b) < 1<<14 {
			peer := &conn{source: c.destination, destination: c.source}
			s := &space{kind: typeInitial, write: c.initial.read}
			b = peer.seal(nil, s, append(b, 0, 0, 0, 0))
		}
		c.datagram(b)
		c.datagram(b)
		if len(c.initial.in.data) > maxAhead+maxStream || len(c.early) > maxEarly {
			t.Error("too much is kept")
		}
	})
}
