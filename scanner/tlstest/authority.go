package tlstest

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// An Authority publishes what a CA revoked, by OpenSSL's own programs. Their
// dates are of the machine's clock.
type Authority struct {
	OCSP string // URL of its responder, once it runs

	tb  testing.TB
	ca  *Cert
	dir string

	responder atomic.Pointer[httputil.ReverseProxy]
}

// NewAuthority makes an authority of a CA. It needs openssl.
func NewAuthority(tb testing.TB, ca *Cert) *Authority {
	tb.Helper()
	Program(tb, "openssl", "openssl")
	a := &Authority{tb: tb, ca: ca, dir: tb.TempDir()}
	a.keep("ca", ca)
	a.write("index.txt", "")
	a.write("number", "1000\n")
	a.write("ca.conf", `[ca]
default_ca = it
[it]
database = `+a.file("index.txt")+`
crlnumber = `+a.file("number")+`
default_md = sha256
default_crl_days = 7
[part]
issuingDistributionPoint = critical, @point
[point]
fullname = URI:$ENV::POINT
`)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := a.responder.Load(); p != nil {
			p.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	tb.Cleanup(front.Close)
	a.OCSP = front.URL
	return a
}

// Issue enters certificates in the CA's books: its responder knows them then.
func (a *Authority) Issue(certs ...*Cert) {
	for _, c := range certs {
		a.enter(fmt.Sprintf("V\t301231235959Z\t\t%[1]s\tunknown\t/CN=%[1]s\n", serialHex(c)))
	}
}

// Revoke enters a certificate as revoked, for a reason in OpenSSL's words.
func (a *Authority) Revoke(c *Cert, at time.Time, reason string) {
	a.enter(fmt.Sprintf("R\t301231235959Z\t%[2]s,%[3]s\t%[1]s\tunknown\t/CN=%[1]s\n", serialHex(c), at.UTC().Format("060102150405Z"), reason))
}

// serialHex is a serial number as OpenSSL's books have it.
func serialHex(c *Cert) string {
	return fmt.Sprintf("%X", c.serial.FillBytes(make([]byte, (c.serial.BitLen()+7)/8)))
}

// CRL is the CA's CRL, in PEM. point: the URL of the part that it is; empty: it
// is whole.
func (a *Authority) CRL(point string, args ...string) []byte {
	a.tb.Helper()
	args = append([]string{"ca", "-config", a.file("ca.conf"), "-gencrl", "-cert", a.file("ca.pem"), "-keyfile", a.file("ca.key")}, args...)
	if point != "" {
		args = append(args, "-crlexts", "part")
	}
	cmd := exec.Command("openssl", args...)
	cmd.Env = append(os.Environ(), "POINT="+point)
	out, err := cmd.Output()
	if err != nil {
		a.tb.Fatalf("openssl ca -gencrl: %v", err)
	}
	return out
}

// Respond runs openssl ocsp, which signs as signer, until the test ends. It reads
// the books as they are now.
func (a *Authority) Respond(signer *Cert) {
	a.tb.Helper()
	a.keep("signer", signer)
	cmd := exec.Command("openssl", "ocsp", "-index", a.file("index.txt"), "-CA", a.file("ca.pem"), "-rsigner", a.file("signer.pem"),
		"-rkey", a.file("signer.key"), "-port", "0", "-ndays", "1")
	out, err := cmd.StdoutPipe()
	if err == nil {
		cmd.Stderr = cmd.Stdout
		err = cmd.Start()
	}
	if err != nil {
		a.tb.Fatal(err)
	}
	a.tb.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	// It tells its port, and then that it waits, in an order that varies.
	var port []string
	waits, said := false, ""
	for lines := bufio.NewScanner(out); (port == nil || !waits) && lines.Scan(); {
		if m := regexp.MustCompile(`^ACCEPT .*:(\d+) `).FindStringSubmatch(lines.Text()); m != nil {
			port = m
		}
		said += lines.Text() + "\n"
		waits = waits || strings.Contains(lines.Text(), "waiting")
	}
	if port == nil || !waits {
		a.tb.Fatalf("openssl ocsp does not begin: %s", said)
	}
	a.responder.Store(httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "127.0.0.1:" + port[1]}))
}

func (a *Authority) enter(line string) {
	f, err := os.OpenFile(a.file("index.txt"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(line)
		f.Close()
	}
	if err != nil {
		a.tb.Fatal(err)
	}
}

func (a *Authority) keep(name string, c *Cert) {
	a.tb.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.Key.Signer)
	if err != nil {
		a.tb.Fatal(err)
	}
	a.write(name+".pem", string(c.PEM()))
	a.write(name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

func (a *Authority) file(name string) string { return filepath.Join(a.dir, name) }

func (a *Authority) write(name, text string) {
	if err := os.WriteFile(a.file(name), []byte(text), 0o600); err != nil {
		a.tb.Fatal(err)
	}
}

// Response is what openssl ocsp says of a certificate, signed by signer.
func (a *Authority) Response(c, signer *Cert) []byte {
	a.tb.Helper()
	a.keep("signer", signer)
	a.write("one.pem", string(c.PEM()))
	out, err := exec.Command("openssl", "ocsp", "-index", a.file("index.txt"), "-CA", a.file("ca.pem"), "-rsigner", a.file("signer.pem"),
		"-rkey", a.file("signer.key"), "-issuer", a.file("ca.pem"), "-cert", a.file("one.pem"), "-ndays", "1", "-noverify",
		"-respout", a.file("response")).CombinedOutput()
	if err != nil {
		a.tb.Fatalf("openssl ocsp: %v\n%s", err, out)
	}
	response, err := os.ReadFile(a.file("response"))
	if err != nil {
		a.tb.Fatal(err)
	}
	return response
}
