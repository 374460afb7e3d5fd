package scanner

import (
	"bufio"
	"encoding/pem"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/golden"
)

// openssl runs the program and fails the test if that does.
func openssl(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
		t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// sServer runs openssl s_server and returns a target for it.
func sServer(t *testing.T, cert, key string, args ...string) Target {
	t.Helper()
	cmd := exec.Command("openssl", append([]string{"s_server", "-accept", "127.0.0.1:0", "-cert", cert, "-key", key}, args...)...)
	in, err := cmd.StdinPipe() // it stops when its input ends
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var trouble strings.Builder
	cmd.Stderr = &trouble
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if where, ok := strings.CutPrefix(lines.Text(), "ACCEPT "); ok {
			go func() {
				for lines.Scan() { // or the server blocks on a full pipe
				}
			}()
			addr := netip.MustParseAddrPort(where)
			return Target{Host: "127.0.0.1", Addr: addr.Addr(), Port: addr.Port(), ServerName: "www.example.test"}
		}
	}
	cmd.Wait()
	t.Fatalf("openssl s_server %v did not start:\n%s", args, trouble.String())
	return Target{}
}

// opensslCert makes a self-signed certificate with the program's own keys.
func opensslCert(t *testing.T, dir, name string, genpkey []string, digest string) (cert, key string, der []byte) {
	t.Helper()
	key, cert = filepath.Join(dir, name+".key"), filepath.Join(dir, name+".pem")
	openssl(t, append([]string{"genpkey", "-out", key}, genpkey...)...)
	args := []string{"req", "-x509", "-new", "-key", key, "-out", cert, "-subj", "/CN=" + name, "-days", "30"}
	if digest != "" {
		args = append(args, "-"+digest)
	}
	openssl(t, args...)
	text, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	return cert, key, block.Bytes
}

// Every key type and protocol that openssl s_server offers is captured. The
// table in testdata/openssl.md, for the README, has what crypto/tls makes of
// each.
func TestOpenSSLServers(t *testing.T) {
	tlstest.Program(t, "openssl", "openssl")
	dir := t.TempDir()
	ec := func(curve string) []string {
		return []string{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve, "-pkeyopt", "ec_param_enc:named_curve"}
	}
	dsa := filepath.Join(dir, "dsa.param")
	openssl(t, "genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:1024", "-out", dsa)

	old, any := []string{"-tls1", "-tls1_1", "-tls1_2"}, []string{"-tls1", "-tls1_1", "-tls1_2", "-tls1_3"}
	var table strings.Builder
	table.WriteString("| openssl s_server with | TLS 1.0 | TLS 1.1 | TLS 1.2 | TLS 1.3 |\n|---|---|---|---|---|\n")
	weak := []string{"-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"}
	for _, c := range []struct {
		name      string
		key       []string
		digest    string
		protocols []string
		args      []string
	}{
		{"rsa2048", []string{"-algorithm", "RSA"}, "", any, weak},
		{"rsa1024-sha1", []string{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"}, "sha1", any, weak},
		{"rsa512-md5", []string{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:512"}, "md5", old, weak},
		{"rsa-pss", []string{"-algorithm", "RSA-PSS"}, "", []string{"-tls1_2", "-tls1_3"}, weak},
		{"p256", ec("P-256"), "", any, weak},
		{"p384", ec("P-384"), "", any, weak},
		{"p521", ec("P-521"), "", any, weak},
		{"p224", ec("secp224r1"), "", old, weak},
		{"secp256k1", ec("secp256k1"), "", old, weak},
		{"brainpoolP256r1", ec("brainpoolP256r1"), "", old, weak},
		{"brainpoolP512r1", ec("brainpoolP512r1"), "", old, weak},
		{"sect283k1", ec("sect283k1"), "", old, weak},
		{"ed25519", []string{"-algorithm", "ED25519"}, "", []string{"-tls1_2", "-tls1_3"}, weak},
		{"ed448", []string{"-algorithm", "ED448"}, "", []string{"-tls1_2", "-tls1_3"}, weak},
		{"dsa1024", []string{"-paramfile", dsa}, "sha1", old, weak},
		{"dhe-only", []string{"-algorithm", "RSA"}, "", old, []string{"-cipher", "kDHE:@SECLEVEL=0"}},
		{"camellia-only", []string{"-algorithm", "RSA"}, "", []string{"-tls1_2"}, []string{"-cipher", "CAMELLIA:@SECLEVEL=0"}},
		{"aria-only", []string{"-algorithm", "RSA"}, "", []string{"-tls1_2"}, []string{"-cipher", "ARIA:@SECLEVEL=0"}},
		{"ccm-only", ec("P-256"), "", []string{"-tls1_2"}, []string{"-cipher", "AESCCM:@SECLEVEL=0"}},
		{"null-only", []string{"-algorithm", "RSA"}, "", old, []string{"-cipher", "eNULL:@SECLEVEL=0"}},
		{"rsa-kx-only", []string{"-algorithm", "RSA"}, "", old, []string{"-cipher", "kRSA:@SECLEVEL=0"}},
		{"sha1-signatures-only", []string{"-algorithm", "RSA"}, "", []string{"-tls1_2"}, []string{"-cipher", "ALL:@SECLEVEL=0", "-sigalgs", "RSA+SHA1"}},
		{"sha1-ecdsa-only", ec("P-256"), "", []string{"-tls1_2"}, []string{"-cipher", "ALL:@SECLEVEL=0", "-sigalgs", "ECDSA+SHA1"}},
		{"x25519-only", ec("P-256"), "", []string{"-tls1_2", "-tls1_3"}, []string{"-groups", "X25519"}},
		{"p384-only", ec("P-256"), "", []string{"-tls1_2", "-tls1_3"}, []string{"-groups", "P-384"}},
		{"x448-only", ec("P-256"), "", []string{"-tls1_2"}, []string{"-groups", "X448"}},
		{"aes256-only", []string{"-algorithm", "RSA"}, "", []string{"-tls1_3"}, []string{"-ciphersuites", "TLS_AES_256_GCM_SHA384"}},
		{"chacha-only", []string{"-algorithm", "RSA"}, "", []string{"-tls1_3"}, []string{"-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"}},
		{"client-certificate", []string{"-algorithm", "RSA"}, "", []string{"-tls1_2", "-tls1_3"}, []string{"-Verify", "1", "-verify_return_error"}},
	} {
		cert, key, der := opensslCert(t, dir, c.name, c.key, c.digest)
		cells := map[string]string{}
		for _, protocol := range c.protocols {
			t.Run(c.name+protocol, func(t *testing.T) {
				target := sServer(t, cert, key, append([]string{protocol}, c.args...)...)
				o := one(t, &Scanner{}, target)
				if !sameChain(o.Chain, [][]byte{der}) {
					t.Fatalf("%d entries, failure %v", len(o.Chain), o.Failure)
				}
				cells[protocol] = "captured"
				if o.Complete {
					cells[protocol] = "complete"
				}
				fast := one(t, &Scanner{Fast: true}, target)
				if !sameChain(fast.Chain, o.Chain) {
					t.Errorf("fast: %d entries, failure %v", len(fast.Chain), fast.Failure)
				}
			})
		}
		table.WriteString("| " + c.name + " |")
		for _, protocol := range any {
			cell := cells[protocol]
			if cell == "" {
				cell = "-"
			}
			table.WriteString(" " + cell + " |")
		}
		table.WriteString("\n")
	}
	golden.Compare(t, "testdata/openssl.md", []byte(table.String()))
}
