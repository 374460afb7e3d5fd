package wire

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"testing"

	"golang.org/x/crypto/cryptobyte"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A readHello is a ClientHello as a server reads it.
type readHello struct {
	version    uint16
	suites     []uint16
	extensions map[uint16][]byte
	order      []uint16
}

func parseHello(t *testing.T, sent []byte) (h readHello) {
	t.Helper()
	h.extensions = make(map[uint16][]byte)
	s := cryptobyte.String(sent)
	var kind uint8
	var version uint16
	var record, message, session, suites, compression, extensions cryptobyte.String
	if !s.ReadUint8(&kind) || kind != 22 || !s.ReadUint16(&version) || !s.ReadUint16LengthPrefixed(&record) || !s.Empty() ||
		!record.ReadUint8(&kind) || kind != 1 || !record.ReadUint24LengthPrefixed(&message) || !record.Empty() ||
		!message.ReadUint16(&h.version) || !message.Skip(32) || !message.ReadUint8LengthPrefixed(&session) ||
		!message.ReadUint16LengthPrefixed(&suites) || !message.ReadUint8LengthPrefixed(&compression) || !bytes.Equal(compression, []byte{0}) {
		t.Fatalf("not a ClientHello: %x", sent)
	}
	for !suites.Empty() {
		var suite uint16
		if !suites.ReadUint16(&suite) {
			t.Fatal("an odd byte among the suites")
		}
		h.suites = append(h.suites, suite)
	}
	if message.Empty() {
		return h
	}
	if !message.ReadUint16LengthPrefixed(&extensions) || !message.Empty() {
		t.Fatal("the extensions' length")
	}
	for !extensions.Empty() {
		var kind uint16
		var data cryptobyte.String
		if !extensions.ReadUint16(&kind) || !extensions.ReadUint16LengthPrefixed(&data) {
			t.Fatal("an extension's length")
		}
		if h.extensions[kind] != nil {
			t.Errorf("extension %d twice", kind)
		}
		h.extensions[kind] = append([]byte{}, data...)
		h.order = append(h.order, kind)
	}
	return h
}

// asked lets a hello be said, and answered by the end of the connection.
func asked(t *testing.T, hello Hello) readHello {
	t.Helper()
	var sent bytes.Buffer
	_, err := hello.Ask(struct {
		io.Reader
		io.Writer
	}{bytes.NewReader(nil), &sent}, nil)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%+v: %v", hello, err)
	}
	return parseHello(t, sent.Bytes())
}

func TestHelloShape(t *testing.T) {
	h := asked(t, Hello{Version: tls.VersionTLS12, ServerName: "www.example.test"})
	if h.version != tls.VersionTLS12 || !bytes.HasSuffix(h.extensions[extensionServerName], []byte("\x00\x00\x10www.example.test")) {
		t.Errorf("version %x, extensions %v", h.version, h.order)
	}
	seen := make(map[uint16]bool)
	for _, suite := range h.suites {
		if seen[suite] {
			t.Errorf("suite %#04x twice", suite)
		}
		seen[suite] = true
	}
	for _, suite := range tls.CipherSuites() {
		if slices.Contains(suite.SupportedVersions, tls.VersionTLS12) != seen[suite.ID] {
			t.Errorf("%s: offered %v", suite.Name, seen[suite.ID])
		}
	}
	for _, suite := range tls.InsecureCipherSuites() {
		if !seen[suite.ID] {
			t.Errorf("%s is not offered", suite.Name)
		}
	}
	// Anonymous suites show no certificate (RFC 5246 appendix A.5, RFC 4492
	// section 6, RFC 5932, RFC 6209).
	for _, suite := range []uint16{0x17, 0x18, 0x19, 0x1a, 0x1b, 0x34, 0x3a, 0x46, 0x6c, 0x6d, 0x89, 0x9b, 0xa6, 0xa7, 0xbf, 0xc5,
		0xc015, 0xc016, 0xc017, 0xc018, 0xc019, 0xc046, 0xc047, 0xc05a, 0xc05b, 0xc084, 0xc085} {
		if seen[suite] {
			t.Errorf("the anonymous suite %#04x is offered", suite)
		}
	}
	groups := cryptobyte.String(h.extensions[extensionSupportedGroups][2:])
	for !groups.Empty() {
		var group uint16
		if !groups.ReadUint16(&group) || group >= 256 {
			t.Errorf("group %d, which may be a finite field: naming one keeps servers from using theirs", group)
		}
	}
	if h := asked(t, Hello{Version: tls.VersionTLS12}); h.extensions[extensionServerName] != nil {
		t.Error("a name nobody asked for")
	}
}

func TestHelloOld(t *testing.T) {
	h := asked(t, Hello{Version: versionSSL30, ServerName: "www.example.test"})
	if h.version != versionSSL30 || len(h.order) > 0 || len(h.suites) < 30 {
		t.Errorf("version %x, %d suites, extensions %v", h.version, len(h.suites), h.order)
	}
	h = asked(t, Hello{Version: tls.VersionTLS10, ServerName: "www.example.test"})
	if h.version != tls.VersionTLS10 || h.extensions[extensionServerName] == nil || h.extensions[extensionSignatureAlgorithms] != nil {
		t.Errorf("version %x, extensions %v", h.version, h.order)
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if slices.Contains(h.suites, suite.ID) != slices.Contains(suite.SupportedVersions, tls.VersionTLS10) {
			t.Errorf("%s: offered for TLS 1.0: %v", suite.Name, slices.Contains(h.suites, suite.ID))
		}
	}
}

// Hellos of 256 to 511 bytes hang some load balancers (RFC 7685 section 1).
func TestHelloLength(t *testing.T) {
	for _, keys := range []Keys{Any, RSA, ECDSA} {
		for _, name := range []string{"", "a.example", string(bytes.Repeat([]byte("a."), 120)) + "example"} {
			message := Hello{Version: tls.VersionTLS12, ServerName: name, Keys: keys}.append12(nil)
			if n := len(message); n > 255 && n < 512 {
				t.Errorf("%s keys, name of %d: %d bytes", keys, len(name), n)
			}
			parseHello(t, record(recordHandshake, message...))
		}
	}
}

// What a real server makes of the hellos.
func TestHelloAnswered(t *testing.T) {
	tb := tlstest.For(t)
	root := tb.Root("R")
	rsa := tlstest.Present(tb.Leaf("rsa", root, func(c *tlstest.Template) { c.Key = tb.Key("rsa", "rsa2048") }), root)
	ecdsa := tlstest.Present(tb.Leaf("ecdsa", root), root)
	both := func(hello *tls.ClientHelloInfo) *tlstest.Identity {
		for _, id := range []tlstest.Identity{rsa, ecdsa} {
			key := id.Key.(*tlstest.Key).Signer
			if hello.SupportsCertificate(&tls.Certificate{Certificate: id.Entries, PrivateKey: key}) == nil {
				return &id
			}
		}
		return nil
	}
	for _, c := range []struct {
		hello            Hello
		lowest, highest  uint16
		version          uint16
		chain            [][]byte
		alert            uint8
		serverWantsRetry bool
	}{
		{hello: Hello{Version: tls.VersionTLS12}, version: tls.VersionTLS12, chain: rsa.Entries},
		{hello: Hello{Version: tls.VersionTLS12, Keys: RSA}, version: tls.VersionTLS12, chain: rsa.Entries},
		{hello: Hello{Version: tls.VersionTLS12, Keys: ECDSA}, version: tls.VersionTLS12, chain: ecdsa.Entries},
		{hello: Hello{Version: tls.VersionTLS12}, highest: tls.VersionTLS10, version: tls.VersionTLS10, chain: rsa.Entries},
		{hello: Hello{Version: tls.VersionTLS12}, lowest: tls.VersionTLS13, alert: 70},
		{hello: Hello{Version: tls.VersionTLS13}, version: tls.VersionTLS13, chain: rsa.Entries},
		{hello: Hello{Version: tls.VersionTLS13, Keys: RSA}, version: tls.VersionTLS13, chain: rsa.Entries},
		{hello: Hello{Version: tls.VersionTLS13, Keys: ECDSA}, version: tls.VersionTLS13, chain: ecdsa.Entries},
		{hello: Hello{Version: tls.VersionTLS13}, highest: tls.VersionTLS12, alert: 70},
		{hello: Hello{Version: tls.VersionTLS10}, lowest: tls.VersionTLS12, alert: 70},
	} {
		server := tb.Serve(tlstest.Behaviour{Default: rsa, Pick: both, MinVersion: c.lowest, MaxVersion: c.highest})
		conn, err := net.Dial("tcp", server.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		p, err := c.hello.Ask(conn, new(Pool))
		conn.Close()
		var alert *Alert
		if errors.As(err, &alert) && alert.Number == c.alert && c.alert != 0 {
			continue
		}
		if err != nil || p.Version != c.version || !slices.EqualFunc(p.Chain, c.chain, bytes.Equal) {
			t.Errorf("%+v: %v, version %x, %d entries", c.hello, err, p.Version, len(p.Chain))
		}
	}
}

// One HelloRetryRequest is answered, for every group that was offered.
func TestHelloRetry(t *testing.T) {
	id := tlstest.Present(tlstest.For(t).Leaf("L", nil))
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: id.Entries, PrivateKey: id.Key.(*tlstest.Key).Signer}}, MinVersion: tls.VersionTLS13}
	for _, curve := range []tls.CurveID{tls.CurveP256, tls.CurveP384, tls.CurveP521, tls.X25519} {
		config.CurvePreferences = []tls.CurveID{curve}
		var retried bool
		server := tlstest.For(t).Script(func(conn net.Conn) {
			s := tls.Server(conn, config.Clone())
			s.Handshake()
			retried = s.ConnectionState().HelloRetryRequest
		})
		conn, err := net.Dial("tcp", server.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		p, err := Hello{Version: tls.VersionTLS13}.Ask(conn, new(Pool))
		conn.Close()
		server.Close()
		if err != nil || !slices.EqualFunc(p.Chain, id.Entries, bytes.Equal) {
			t.Errorf("%v: %v, %d entries", curve, err, len(p.Chain))
		}
		if retried != (curve != tls.CurveP256) {
			t.Errorf("%v: retried %v", curve, retried)
		}
	}
}

// A server that does not keep to what was offered is told from one that does.
func TestHelloWronglyAnswered(t *testing.T) {
	share := extension(extensionKeyShare, append([]byte{0, 23, 0, 65, 4}, make([]byte, 64)...)...)
	tls13 := extension(extensionSupportedVersions, 3, 4)
	for name, c := range map[string]struct {
		version uint16
		answer  []byte
	}{
		"TLS 1.3 for 1.2":     {tls.VersionTLS12, hello13(0x1301)},
		"retry for 1.2":       {tls.VersionTLS12, retry13(0x1301)},
		"TLS 1.2 for 1.3":     {tls.VersionTLS13, join(hello12(), certificate12([]byte("leaf")))},
		"no share":            {tls.VersionTLS13, hello13(0x1301)},
		"a share of nowhere":  {tls.VersionTLS13, serverHelloMessage(versionTLS12, 0x1301, "", tls13, share)},
		"another group":       {tls.VersionTLS13, serverHelloMessage(versionTLS12, 0x1301, "", tls13, extension(extensionKeyShare, 0, 24, 0, 1, 4))},
		"retry for P-256":     {tls.VersionTLS13, serverHelloMessage(versionTLS12, 0x1301, helloRetry, tls13, extension(extensionKeyShare, 0, 23))},
		"retry for X448":      {tls.VersionTLS13, serverHelloMessage(versionTLS12, 0x1301, helloRetry, tls13, extension(extensionKeyShare, 0, 30))},
		"retry for nothing":   {tls.VersionTLS13, serverHelloMessage(versionTLS12, 0x1301, helloRetry, tls13)},
		"retry twice":         {tls.VersionTLS13, join(retry13(0x1301), retry13(0x1301))},
		"retry, other suite":  {tls.VersionTLS13, join(retry13(0x1301), serverHelloMessage(versionTLS12, 0x1302, "", tls13, share))},
		"a suite of TLS 1.2":  {tls.VersionTLS13, serverHelloMessage(versionTLS12, 0xc02f, "", tls13, share)},
		"a certificate alone": {tls.VersionTLS12, certificate12([]byte("leaf"))},
	} {
		p, err := Hello{Version: c.version}.Ask(struct {
			io.Reader
			io.Writer
		}{bytes.NewReader(chop(1<<14, c.answer)), io.Discard}, nil)
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v, %d entries", name, err, len(p.Chain))
		}
	}
}

func FuzzServerHello(f *testing.F) {
	f.Add(hello12()[4:])
	f.Add(hello13(0x1301)[4:])
	f.Add(retry13(0x1303)[4:])
	f.Fuzz(func(t *testing.T, body []byte) {
		h, err := parseServerHello(body)
		if err == nil && (h.version < versionSSL30 || h.version > versionTLS13 || len(h.share)+len(h.cookie) > len(body)) {
			t.Fatalf("%+v", h)
		}
	})
}
