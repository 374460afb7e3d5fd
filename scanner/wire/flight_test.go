package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

var entries = [][]byte{[]byte("leaf"), {}, bytes.Repeat([]byte("intermediate"), 3000)}

func TestFlight12(t *testing.T) {
	flight := join(hello12(), certificate12(entries...))
	for name, sent := range map[string][]byte{
		"coalesced":             chop(1<<14, flight),
		"a record a message":    join(chop(1<<14, hello12()), chop(1<<14, certificate12(entries...))),
		"fragments":             chop(100, flight),
		"a length in two":       chop(1, flight[:90])[:0:0],
		"warning and CCS":       join(record(recordAlert, 1, 112), record(recordChangeCipherSpec, 1), chop(500, flight)),
		"empty records between": join(chop(50, hello12()), record(recordHandshake), record(recordHandshake), chop(5000, certificate12(entries...))),
		"HelloRequest":          chop(900, join(message(messageHelloRequest, nil), flight)),
		"more to come":          join(chop(1<<14, flight), []byte{22, 3, 3, 9, 9, 1}),
	} {
		if len(sent) == 0 {
			sent = join(chop(1, flight[:90]), chop(1<<14, flight[90:]))
		}
		p, err := readAll(sent, nil)
		if err != nil || p.Version != versionTLS12 || p.Cipher != 0xc02f || !slices.EqualFunc(p.Chain, entries, bytes.Equal) {
			t.Errorf("%s: %v, %x, %d entries", name, err, p.Version, len(p.Chain))
		}
	}
}

func TestFlight13(t *testing.T) {
	secret := bytes.Repeat([]byte{7}, 48)
	rest := join(message(messageEncryptedExtensions, []byte{0, 0}), message(messageCertificateRequest, make([]byte, 40)), certificate13([]byte("staple"), entries...))
	for _, cipher := range []uint16{0x1301, 0x1302, 0x1303} {
		for _, size := range []int{50, 1000, 1 << 14} {
			for _, padding := range []int{0, 1, 200} {
				s := newSealer(t, cipher, secret)
				sent := join(chop(60, retry13(cipher)), record(recordChangeCipherSpec, 1), chop(60, hello13(cipher)), record(recordChangeCipherSpec, 1))
				for part := range slices.Chunk(rest, size) {
					sent = append(sent, s.seal(recordHandshake, part, padding)...)
				}
				p, err := readAll(sent, secret)
				if err != nil || p.Version != versionTLS13 || p.Cipher != cipher || !slices.EqualFunc(p.Chain, entries, bytes.Equal) || string(p.Staple) != "staple" {
					t.Errorf("%#x in %d: %v, %x, %d entries, staple %q", cipher, size, err, p.Version, len(p.Chain), p.Staple)
				}
			}
		}
	}
}

// An encrypted alert is read like any other.
func TestFlight13Alert(t *testing.T) {
	secret := make([]byte, 32)
	s := newSealer(t, 0x1301, secret)
	_, err := readAll(join(chop(1<<14, hello13(0x1301)), s.seal(recordAlert, []byte{2, 112}, 0)), secret)
	var alert *Alert
	if !errors.As(err, &alert) || alert.Number != 112 || alert.Name() != "unrecognized name" {
		t.Errorf("got %v", err)
	}
}

func TestFlightFails(t *testing.T) {
	secret := make([]byte, 32)
	h13 := chop(1<<14, hello13(0x1301))
	many := make([][]byte, maxCertificates+1)
	for name, c := range map[string]struct {
		sent []byte
		err  error // to be found in the chain
		says string
	}{
		"nothing":                      {nil, io.ErrUnexpectedEOF, ""},
		"half a header":                {[]byte{22, 3}, io.ErrUnexpectedEOF, ""},
		"half a record":                {record(22, hello12()...)[:20], io.ErrUnexpectedEOF, ""},
		"ends after ServerHello":       {chop(1<<14, hello12()), io.ErrUnexpectedEOF, ""},
		"16 MiB message":               {record(22, 11, 0xff, 0xff, 0xff), ErrTooLarge, "16777215"},
		"large ServerHello":            {record(22, 2, 1, 0, 1), ErrTooLarge, "65537"},
		"large Certificate":            {chop(1<<14, join(hello12(), []byte{11, 4, 0, 1})), ErrTooLarge, "262145"},
		"record of 64 KiB":             {[]byte{22, 3, 3, 0xff, 0xff}, ErrMalformed, "65535"},
		"endless empty records":        {bytes.Repeat(record(22), 100), ErrMalformed, "say nothing"},
		"endless warnings":             {bytes.Repeat(record(21, 1, 112), 100), ErrMalformed, "say nothing"},
		"endless HelloRequests":        {chop(1<<14, bytes.Repeat(message(0, nil), 100)), ErrMalformed, "messages"},
		"endless fragments":            {chop(1, join(hello12(), certificate12(bytes.Repeat([]byte{1}, 9000)))), ErrTooLarge, "4096 records"},
		"too many certificates":        {chop(1<<14, join(hello12(), certificate12(many...))), ErrTooLarge, "200"},
		"alert of one byte":            {record(21, 2), ErrMalformed, "alert"},
		"data in the clear":            {record(23, 1, 2, 3), ErrMalformed, "before there is a key"},
		"other version in mid-flight":  {join(record(21, 1, 112), []byte("HTTP/1.1")), ErrMalformed, "type 72"},
		"short ServerHello":            {chop(99, message(2, []byte{3, 3, 1})), ErrMalformed, "too short"},
		"extensions that end early":    {chop(99, serverHelloMessage(versionTLS12, 1, "", []byte{0, 1, 0, 9})), ErrMalformed, "extensions"},
		"odd key share":                {chop(99, serverHelloMessage(versionTLS12, 1, "", extension(extensionKeyShare, 1))), ErrMalformed, "extension 51"},
		"TLS 9":                        {chop(99, serverHelloMessage(0x0900, 1, "")), ErrMalformed, "0x0900"},
		"two ServerHellos":             {chop(999, join(hello12(), hello12())), ErrMalformed, "second ServerHello"},
		"two retries":                  {chop(999, join(retry13(0x1301), retry13(0x1301))), ErrMalformed, "second HelloRetryRequest"},
		"retry of an unknown suite":    {chop(999, retry13(0x1304)), ErrMalformed, "0x1304"},
		"unknown suite of TLS 1.3":     {chop(999, hello13(0xc02f)), ErrMalformed, "0xc02f"},
		"certificate first":            {chop(999, certificate12([]byte("x"))), ErrMalformed, "before"},
		"ServerHelloDone first":        {chop(999, message(14, nil)), ErrMalformed, "before"},
		"no certificate":               {chop(999, join(hello12(), message(12, nil))), errNoCertificate, ""},
		"empty list":                   {chop(999, join(hello12(), certificate12())), errNoCertificate, "empty"},
		"list shorter than it says":    {chop(999, join(hello12(), message(11, []byte{0, 0, 9, 1}))), ErrMalformed, "list"},
		"entry longer than the list":   {chop(999, join(hello12(), message(11, uint24([]byte{0, 0, 9, 1})))), ErrMalformed, "entry 0"},
		"bytes after the list":         {chop(999, join(hello12(), message(11, append(uint24(uint24([]byte("x"))), 1)))), ErrMalformed, "list"},
		"TLS 1.3 without secret":       {h13, io.ErrUnexpectedEOF, ""},
		"clear text after hello":       {chop(999, join(hello13(0x1301), message(8, []byte{0, 0}))), ErrMalformed, "clear text"},
		"a record that is not sealed":  {join(h13, record(23, make([]byte, 40)...)), ErrMalformed, "decrypt"},
		"a record shorter than a tag":  {join(h13, record(23, 1)), ErrMalformed, "decrypt"},
		"padding alone":                {join(h13, newSealer(t, 0x1301, secret).seal(0, nil, 9)), ErrMalformed, "padding"},
		"application data in the hand": {join(h13, newSealer(t, 0x1301, secret).seal(23, []byte("x"), 0)), ErrMalformed, "type 23"},
	} {
		key := secret
		if name == "TLS 1.3 without secret" {
			key = nil
		}
		p, err := readAll(c.sent, key)
		if !errors.Is(err, c.err) || !strings.Contains(fmt.Sprint(err), c.says) || p.Chain != nil {
			t.Errorf("%s: %v, want %v with %q", name, err, c.err, c.says)
		}
	}
}

// What is no TLS is told from what is, at whatever length and pace it comes.
func TestFlightNotTLS(t *testing.T) {
	for _, said := range []string{"HTTP/1.1 400 Bad Request", "no", "SSH-2.0-OpenSSH", "\x00\x00\x00\x00\x00\x00", "\x16\x02\x00\x00\x00\x00", "\x80\x2e\x01\x00\x02\x00"} {
		f := flight{client: taped{}}
		f.in = oneByte{strings.NewReader(said)}
		_, err := f.presented()
		var not *NotTLS
		if !errors.As(err, &not) || !strings.HasPrefix(said, string(not.First)) || len(not.First) == 0 {
			t.Errorf("%q: %v", said, err)
		}
	}
}

// A server that never ends is left at the limit, not at the end of memory.
func TestFlightEndless(t *testing.T) {
	var f flight
	secret := make([]byte, 32)
	f.client = taped{secret}
	sealed := newSealer(t, 0x1301, secret)
	sent := chop(1<<14, hello13(0x1301))
	for part := range slices.Chunk(bytes.Repeat(message(messageCertificateRequest, make([]byte, 60_000)), 12), 1<<14) {
		sent = append(sent, sealed.seal(recordHandshake, part, 0)...)
	}
	f.in = bytes.NewReader(sent)
	_, err := f.presented()
	if !errors.Is(err, ErrTooLarge) || f.total+len(f.raw) > 2*maxFlight {
		t.Errorf("%v after %d bytes", err, f.total+len(f.raw))
	}
}

type oneByte struct{ r io.Reader }

func (o oneByte) Read(b []byte) (int, error) { return o.r.Read(b[:1]) }

// Whatever a server sends, in whatever pieces: no panic, no more than the
// limits, and the same answer from the stream as from memory.
func FuzzFlight(f *testing.F) {
	secret := make([]byte, 32)
	f.Add(chop(100, join(hello12(), certificate12(entries[:2]...))), uint8(3))
	s := newSealer(f, 0x1301, secret)
	f.Add(join(chop(60, retry13(0x1301)), chop(99, hello13(0x1301)), s.seal(22, certificate13([]byte("s"), entries[0]), 3)), uint8(9))
	f.Add(record(21, 2, 40), uint8(1))
	f.Add([]byte("HTTP/1.1 400"), uint8(5))
	f.Fuzz(func(t *testing.T, sent []byte, step uint8) {
		p, err := readAll(sent, secret)
		if (err == nil) != (len(p.Chain) > 0) || len(p.Chain) > maxCertificates {
			t.Fatalf("%d entries beside error %v", len(p.Chain), err)
		}
		for i, entry := range p.Chain {
			if len(entry) > maxCertificateMessage {
				t.Fatalf("entry %d has %d bytes", i, len(entry))
			}
		}
		stream := flight{client: taped{secret}}
		stream.in = &pieces{sent, int(step)%64 + 1}
		q, again := stream.presented()
		if (err == nil) != (again == nil) || !slices.EqualFunc(p.Chain, q.Chain, bytes.Equal) || p.Version != q.Version {
			t.Fatalf("from memory: %v, %d entries; from the stream: %v, %d entries", err, len(p.Chain), again, len(q.Chain))
		}
	})
}

type pieces struct {
	rest []byte
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.size)], p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// The record reader alone: it never returns more than it got.
func FuzzRecords(f *testing.F) {
	f.Add(join(record(22, 1, 2, 3), record(21, 2, 40), record(23, 1)))
	f.Fuzz(func(t *testing.T, sent []byte) {
		r := records{raw: append([]byte(nil), sent...)}
		total := 0
		for {
			kind, payload, err := r.read()
			if err != nil {
				return
			}
			if total += 5 + len(payload); total > len(sent) || kind < 20 || kind > 23 {
				t.Fatalf("record of type %d, %d bytes of %d", kind, total, len(sent))
			}
		}
	})
}
