package dashboard

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

func TestListenWithRenewedCertificate(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, cert, key, "first.example")
	s := filled(t, "serve: {listen: \"127.0.0.1:0\", cert: "+cert+", key: "+key+"}\n")
	var reported []string
	s.Report = func(err error) { reported = append(reported, err.Error()) }
	listener, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx, listener, handler(t, s)) }()
	presented := func() string {
		conn, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].DNSNames[0]
	}
	if got := presented(); got != "first.example" {
		t.Errorf("serves %s", got)
	}
	// Renewing writes one file after the other: in between the old pair serves.
	later := time.Now().Add(time.Minute)
	if err := os.WriteFile(cert, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	os.Chtimes(cert, later, later)
	if got := presented(); got != "first.example" || len(reported) != 1 || !strings.Contains(reported[0], "serve.cert") {
		t.Errorf("serves %s, reported %v", got, reported)
	}
	presented()
	writePair(t, cert, key, "second.example")
	os.Chtimes(cert, later.Add(time.Minute), later.Add(time.Minute))
	if got := presented(); got != "second.example" || len(reported) != 1 {
		t.Errorf("serves %s, reported %v", got, reported)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	response, err := client.Get("https://" + listener.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 200 || response.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%v", response)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// writePair writes a certificate for a name and its key.
func writePair(t *testing.T, cert, key, name string) {
	t.Helper()
	leaf := tlstest.For(t).Leaf(name, tlstest.For(t).Root("a root"), func(t *tlstest.Template) { t.DNSNames = []string{name} })
	private, err := x509.MarshalPKCS8PrivateKey(leaf.Key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: leaf.DER}, key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
