package aia

import (
	"bytes"
	"compress/gzip"
	"encoding/pem"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/fetch"
)

// packed is 50 MiB of zeros in gzip.
func packed(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	for piece, i := make([]byte, 1<<20), 0; i < 50; i++ {
		if _, err := w.Write(piece); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Answers that would grow when they are unpacked or taken apart cost what they are
// long.
func TestBombs(t *testing.T) {
	const long = 60_000 // an answer is read up to 64 KiB
	tiny := []byte{0x30, 4, 0x30, 2, 0x30, 0}
	gzipped := packed(t)
	inBag := append([]byte{0x30, 0x80, 6, 9}, signedData...)
	inBag = append(inBag, 0xa0, 0x80, 0x30, 0x80, 2, 1, 1, 0x31, 0, 0x30, 0x80, 6, 9)
	inBag = append(append(inBag, data...), 0, 0, 0xa0, 0x80)
	for name, c := range map[string]struct {
		body     []byte
		encoding string
		certs    int
	}{
		"gzip, announced":                  {gzipped, "gzip", 0},
		"gzip, not announced":              {gzipped, "", 0},
		"gzip within gzip":                 {gzipped, "gzip, gzip", 0},
		"BER as deep as it is long":        {bytes.Repeat([]byte{0x30, 0x80}, long/2), "", 0},
		"a bag as deep as it is long":      {append(bytes.Clone(inBag), bytes.Repeat([]byte{0x30, 0x80}, long/2)...), "", 0},
		"a bag of tiny certificates":       {append(bytes.Clone(inBag), bytes.Repeat(tiny, long/len(tiny))...), "", maxCerts},
		"tiny certificates, end to end":    {bytes.Repeat(tiny, long/len(tiny)), "", maxCerts},
		"PEM that begins and never ends":   {[]byte(strings.Repeat("-----BEGIN CERTIFICATE-----\n", long/28)), "", 0},
		"PEM of tiny certificates":         {bytes.Repeat(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tiny}), long/70), "", maxCerts},
		"PEM of bags of tiny certificates": {pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: append(bytes.Clone(inBag), bytes.Repeat(tiny, long/2/len(tiny))...)}), "", maxCerts},
		"PEM of many headers":              {[]byte("-----BEGIN CERTIFICATE-----\n" + strings.Repeat("A: b\n", long/5) + "\nMAA=\n-----END CERTIFICATE-----\n"), "", 0},
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if c.encoding != "" {
				w.Header().Set("Content-Encoding", c.encoding)
			}
			w.Write(c.body)
		})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := ask(t, s.URL)
		runtime.ReadMemStats(&after)
		if len(r.Certs) != c.certs || (r.Failure == nil) != (c.certs > 0) {
			t.Errorf("%s: %d certificates, %v", name, len(r.Certs), r.Failure)
		}
		if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 16 {
			t.Errorf("%s, %d bytes, costs %d MiB", name, len(c.body), taken)
		}
	}
}

// What is said of an answer has none of a stranger's text that acts.
func TestFailuresAreClean(t *testing.T) {
	evil := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "http://\x1b]0;x\x07evil.example/\u202e")
		w.WriteHeader(http.StatusFound)
	})
	r := ask(t, evil.URL)
	if r.Failure == nil || strings.ContainsAny(r.Failure.Message, "\x1b\x07\u202e") || r.Failure.Code == fetch.Timeout {
		t.Errorf("%q", r.Failure)
	}
}
