// Package publishertest stands in for those who publish facts: a real HTTPS
// server with files in the publishers' own formats, of certificates made here.
package publishertest

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ulikunitz/xz"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A Server publishes files by path. What is set for a path answers from then on.
type Server struct {
	URL    string
	CAFile string           // PEM, for SSL_CERT_FILE
	Date   func() time.Time // what the server says the time is

	mu      sync.Mutex
	answers map[string]http.HandlerFunc
	asked   map[string]int
	t       testing.TB
}

// Start starts a server whose certificate is valid for many years, and ends it
// with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{answers: make(map[string]http.HandlerFunc), asked: make(map[string]int), Date: time.Now, t: t}
	ca := tlstest.For(t)
	root := ca.Root("publishers' CA")
	leaf := ca.Leaf("publisher", root, func(c *tlstest.Template) {
		c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
		c.NotBefore, c.NotAfter = time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2041, 1, 1, 0, 0, 0, 0, time.UTC)
	})
	server := httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.DER}, PrivateKey: leaf.Key.Signer}}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that hang up are what is tested
	server.StartTLS()
	t.Cleanup(server.Close)
	s.URL, s.CAFile = server.URL, filepath.Join(t.TempDir(), "publishers.pem")
	if err := os.WriteFile(s.CAFile, root.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	answer := s.answers[r.URL.RequestURI()]
	s.asked[r.URL.RequestURI()]++
	s.mu.Unlock()
	w.Header().Set("Date", s.Date().UTC().Format(http.TimeFormat))
	if answer == nil {
		http.NotFound(w, r)
		return
	}
	answer(w, r)
}

// Homes are where each source is to be had.
func (s *Server) Homes() map[string]string {
	homes := make(map[string]string)
	for _, id := range []string{"ccadb", "chrome", "mozilla", "debian", "onecrl", "preloads"} {
		homes[id] = s.URL + "/" + id
	}
	return homes
}

// Instead has a handler answer at a path.
func (s *Server) Instead(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[path] = h
}

// Asked is how often a path was asked for.
func (s *Server) Asked(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[path]
}

// Set publishes a file, with an ETag.
func (s *Server) Set(path string, body []byte) {
	tag := fmt.Sprintf("%q", fmt.Sprintf("%x", sha256.Sum256(body)))
	s.Instead(path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Write(body)
	})
}

// What the sources consist of.
const (
	ChromeStore = "/chrome/root_store.textproto"
	ChromeCerts = "/chrome/root_store.certs"
	Mozilla     = "/mozilla/certdata.txt"
	OneCRL      = "/onecrl/changeset?_expected=0"
	Preloads    = "/preloads/changeset?_expected=0"
	DebianIndex = "/debian/"
	Debian      = "/debian/ca-certificates_20250419~deb12u2_all.deb"
)

// Year is where CCADB's report of a year is.
func Year(year int) string {
	return fmt.Sprintf("/ccadb/AllCertificatePEMsCSVFormat?NotBeforeYear=%d", year)
}

// Report writes certificates as CCADB does.
func Report(certs ...*tlstest.Cert) []byte {
	var b bytes.Buffer
	b.WriteString("SHA-256 Fingerprint,X.509 Certificate (PEM)\n")
	for _, c := range certs {
		fmt.Fprintf(&b, "%s,\"%s\"\n", strings.ToUpper(hash(c).String()), strings.TrimSpace(string(c.PEM())))
	}
	return b.Bytes()
}

func hash(c *tlstest.Cert) cert.Hash { return sha256.Sum256(c.DER) }

// An Anchor is one of Chrome's, with the last moment of SCTs; zero: no limit.
type Anchor struct {
	SHA256 cert.Hash
	Until  time.Time
	From   string // first version that asks for it
	Added  bool   // it stands among the additional certificates, with its own dates enforced
}

// Textproto writes a root store as Chromium does.
func Textproto(version int, anchors ...Anchor) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Chrome Root Store.\nversion_major: %d\n", version)
	for _, a := range anchors {
		field := "trust_anchors"
		if a.Added {
			field = "additional_certs"
		}
		fmt.Fprintf(&b, "\n# CN=Somebody\n%s {\n  sha256_hex: %q\n  display_name: \"Some \\\"body\\\"\"\n", field, a.SHA256.String())
		if a.Added {
			b.WriteString("  tls_trust_anchor: true\n  enforce_anchor_expiry: true\n  enforce_anchor_constraints: true\n")
		}
		if !a.Until.IsZero() {
			fmt.Fprintf(&b, "  constraints {\n    sct_not_after_sec: %d\n", a.Until.Unix())
			if a.From != "" {
				fmt.Fprintf(&b, "    min_version: %q\n  }\n  constraints: {\n    max_version_exclusive: %q\n", a.From, a.From)
			}
			b.WriteString("  }\n")
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

// Certdata writes certificates as NSS does, each trusted for servers; until
// gives those that are only trusted for leaves issued by then.
func Certdata(until map[*tlstest.Cert]time.Time, certs ...*tlstest.Cert) []byte {
	var b bytes.Buffer
	b.WriteString("# a comment\nBEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_BUILTIN_ROOT_LIST\nCKA_LABEL UTF8 \"Mozilla Builtin Roots\"\n\n")
	for i, c := range certs {
		serial := []byte{2, 1, byte(i)}
		fmt.Fprintf(&b, "CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_TOKEN CK_BBOOL CK_TRUE\nCKA_LABEL UTF8 %q\n", c.Label)
		octal(&b, "CKA_ISSUER", []byte(c.Label))
		octal(&b, "CKA_SERIAL_NUMBER", serial)
		octal(&b, "CKA_VALUE", c.DER)
		if t := until[c]; !t.IsZero() {
			octal(&b, "CKA_NSS_SERVER_DISTRUST_AFTER", []byte(t.UTC().Format("060102150405Z")))
		} else {
			b.WriteString("CKA_NSS_SERVER_DISTRUST_AFTER CK_BBOOL CK_FALSE\n")
		}
		b.WriteString("\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\n")
		octal(&b, "CKA_ISSUER", []byte(c.Label))
		octal(&b, "CKA_SERIAL_NUMBER", serial)
		b.WriteString("CKA_TRUST_SERVER_AUTH CK_TRUST CKT_NSS_TRUSTED_DELEGATOR\nCKA_TRUST_STEP_UP_APPROVED CK_BBOOL CK_FALSE\n\n")
	}
	return b.Bytes()
}

func octal(b *bytes.Buffer, name string, value []byte) {
	fmt.Fprintf(b, "%s MULTILINE_OCTAL", name)
	for i, x := range value {
		if i%16 == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(b, `\%03o`, x)
	}
	b.WriteString("\nEND\n")
}

// Revoked writes keys as OneCRL has them, each under a subject.
func Revoked(keys ...cert.Hash) []byte {
	var records []map[string]any
	for _, k := range keys {
		records = append(records, map[string]any{
			"subject": base64.StdEncoding.EncodeToString([]byte{0x30, 0}), "pubKeyHash": base64.StdEncoding.EncodeToString(k[:]),
			"last_modified": 1794348206673, "enabled": false,
			"details": map[string]string{"bug": "https://bugzilla.mozilla.org/show_bug.cgi?id=2091477"},
		})
	}
	return encode(map[string]any{"timestamp": 1794348206673, "metadata": map[string]any{}, "changes": records})
}

// Preloaded writes certificates as the collection of intermediates has them.
func Preloaded(certs ...*tlstest.Cert) []byte {
	var records []map[string]any
	for _, c := range certs {
		h := hash(c)
		records = append(records, map[string]any{"derHash": base64.StdEncoding.EncodeToString(h[:]), "last_modified": 1794754622332})
	}
	return encode(map[string]any{"changes": records})
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of texts and numbers
	}
	return b
}

// Package packs files in PEM as Debian's ca-certificates does.
func Package(t testing.TB, certs ...*tlstest.Cert) []byte {
	t.Helper()
	var files bytes.Buffer
	packed := tar.NewWriter(&files)
	for _, c := range certs {
		header := &tar.Header{Name: "./usr/share/ca-certificates/mozilla/" + c.Label + ".crt", Mode: 0o644, Size: int64(len(c.PEM()))}
		if err := packed.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		packed.Write(c.PEM())
	}
	packed.Close()
	return Archive(t, files.Bytes())
}

// Archive packs what is a tar file, or is said to be.
func Archive(t testing.TB, files []byte) []byte {
	t.Helper()
	var data bytes.Buffer
	w, err := xz.NewWriter(&data)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(files)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString("!<arch>\n")
	for _, m := range []struct {
		name string
		data []byte
	}{{"debian-binary", []byte("2.0\n")}, {"control.tar.xz", []byte("odd")}, {"data.tar.xz", data.Bytes()}} {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8s%-10d`\n", m.name, 0, 0, 0, "100644", len(m.data))
		b.Write(m.data)
		if len(m.data)%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}
