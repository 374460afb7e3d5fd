package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// httpsServer serves a recipe's chain and says what software it is.
func httpsServer(t *testing.T, r *tlstest.Recipe, software string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	id := r.Identity()
	s := &http.Server{
		ErrorLog:  log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{{Certificate: id.Entries, PrivateKey: r.LeafKey.Signer}}},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Server"] = []string{software}
		}),
	}
	ended := make(chan struct{})
	go func() { defer close(ended); s.ServeTLS(l, "", "") }()
	t.Cleanup(func() { s.Close(); <-ended })
	return l.Addr().String()
}

// parsedSerial is a certificate's serial number, as Windows writes it in hex.
func parsedSerial(t *testing.T, der []byte) []byte {
	t.Helper()
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c.SerialNumber.Bytes()
}
