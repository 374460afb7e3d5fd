package tlstest

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
)

// dial completes a handshake and returns what was presented; crypto/tls must
// be able to parse it.
func dial(t testing.TB, s *Server, config *tls.Config) ([][]byte, error) {
	t.Helper()
	config.InsecureSkipVerify = true
	conn, err := tls.Dial("tcp", s.Addr().String(), config)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("x")); err != nil {
		return nil, err
	}
	var entries [][]byte
	for _, c := range conn.ConnectionState().PeerCertificates {
		entries = append(entries, c.Raw)
	}
	return entries, nil
}

func equal(got [][]byte, want ...*Cert) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if !bytes.Equal(got[i], want[i].DER) {
			return false
		}
	}
	return true
}

func TestServeAnyListInAnyOrder(t *testing.T) {
	mk := For(t)
	for _, keyType := range []string{"p256", "rsa2048", "rsa1024"} {
		root := mk.Root("R")
		inter := mk.Intermediate("I", root)
		leaf := mk.Leaf("L", inter, func(c *Template) { c.Key = mk.Key("L", keyType) })
		s := mk.Serve(Behaviour{Default: Present(leaf, root, inter, inter)})
		for version := uint16(tls.VersionTLS10); version <= tls.VersionTLS13; version++ {
			got, err := dial(t, s, &tls.Config{MinVersion: version, MaxVersion: version})
			if err != nil || !equal(got, leaf, root, inter, inter) {
				t.Errorf("%s over %s: %d entries, %v", keyType, tls.VersionName(version), len(got), err)
			}
		}
	}
}

func TestServeEntriesThatAreNoCertificates(t *testing.T) {
	mk := For(t)
	id := Present(mk.Leaf("L", nil))
	id.Entries = append(id.Entries, []byte("no certificate"))
	s := mk.Serve(Behaviour{Default: id})
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		_, err := dial(t, s, &tls.Config{MaxVersion: version})
		// The client's own complaint about what it parsed shows that it came through.
		if err == nil || !bytes.Contains([]byte(err.Error()), []byte("failed to parse certificate")) {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
}

func TestServeByName(t *testing.T) {
	mk := For(t)
	one, two, rest := mk.Leaf("1", nil), mk.Leaf("2", nil), mk.Leaf("rest", nil)
	b := Behaviour{Default: Present(rest), ByName: map[string]Identity{"one.test": Present(one), "two.test": Present(two)}}
	s := mk.Serve(b)
	for name, want := range map[string]*Cert{"one.test": one, "two.test": two, "three.test": rest, "": rest} {
		if got, err := dial(t, s, &tls.Config{ServerName: name}); err != nil || !equal(got, want) {
			t.Errorf("%q: %v", name, err)
		}
	}
	b.RefuseBare = true
	if _, err := dial(t, mk.Serve(b), &tls.Config{}); err == nil {
		t.Error("a hello without a name was served")
	}
}

func TestServeSmallRSA(t *testing.T) {
	mk := For(t)
	leaf := mk.Leaf("L", nil, func(c *Template) { c.Key = mk.Key("L", "rsa512") })
	s := mk.Serve(Behaviour{Default: Present(leaf), MaxVersion: tls.VersionTLS12})
	_, err := dial(t, s, &tls.Config{})
	// crypto/tls clients refuse to verify by such a key, after the certificate.
	if err == nil || !bytes.Contains([]byte(err.Error()), []byte("512-bit")) {
		t.Error(err)
	}
}

func TestServeWantsClientCertificate(t *testing.T) {
	mk := For(t)
	leaf := mk.Leaf("L", nil)
	s := mk.Serve(Behaviour{Default: Present(leaf), ClientAuth: true, MaxVersion: tls.VersionTLS12})
	if _, err := dial(t, s, &tls.Config{}); err == nil {
		t.Error("served a client without a certificate")
	}
	own := tls.Certificate{Certificate: [][]byte{leaf.DER}, PrivateKey: leaf.Key.Signer}
	if got, err := dial(t, s, &tls.Config{Certificates: []tls.Certificate{own}}); err != nil || !equal(got, leaf) {
		t.Errorf("refused a client with a certificate: %v", err)
	}
}

func TestPreambleAndScript(t *testing.T) {
	mk := For(t)
	leaf := mk.Leaf("L", nil)
	s := mk.Serve(Behaviour{Default: Present(leaf), Preamble: func(c net.Conn) error {
		_, err := io.WriteString(c, "go\n")
		return err
	}})
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.ReadFull(conn, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	if err := tls.Client(conn, &tls.Config{InsecureSkipVerify: true}).Handshake(); err != nil {
		t.Error(err)
	}
}

func TestCloseEndsWhatHangs(t *testing.T) {
	entered := make(chan struct{})
	s, err := Script("", func(c net.Conn) {
		close(entered)
		c.Read(make([]byte, 1)) // nothing ever comes
	})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	<-entered
	s.Close()
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, net.ErrClosed) {
		t.Errorf("the connection is still open: %v", err)
	}
}
