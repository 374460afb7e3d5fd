package conformance

import (
	"context"
	"net"
	"strings"
	"testing"
)

// A command is a client that is started anew for each connection.
type command struct {
	dir     string
	version string
	program string
	args    func(job) []string
	judge   func(output string, exit int) verdict
}

func (c *command) Version() string { return c.version }

func (c *command) Verdicts(ctx context.Context, jobs []job) ([]verdict, error) {
	var out []verdict
	for _, j := range jobs {
		output, exit, err := run(ctx, c.dir, c.program, c.args(j)...)
		if err != nil {
			return nil, err
		}
		out = append(out, c.judge(output, exit))
	}
	return out, nil
}

// newCommand asks the program for its version.
func newCommand(t *testing.T, dir, versionFlag string, c command) (session, error) {
	output, _, err := run(t.Context(), dir, c.program, versionFlag)
	c.dir = dir
	c.version, _, _ = strings.Cut(output, "\n")
	return &c, err
}

func newOpenSSL(t *testing.T, dir string) (session, error) {
	return newCommand(t, dir, "version", command{
		program: "openssl",
		args: func(j job) []string {
			name := []string{"-servername", j.host, "-verify_hostname", j.host}
			if net.ParseIP(j.host) != nil {
				name = []string{"-noservername", "-verify_ip", j.host}
			}
			return append([]string{"s_client", "-connect", "127.0.0.1:" + j.port, "-verify_return_error", "-CAfile", j.store, "-no-CApath", "-no-CAstore"}, name...)
		},
		judge: func(output string, exit int) verdict {
			fault := lineWith(output, "verify error:", "bad certificate", ":asn1 encoding routines:", "certificate verify failed", "ee key too small", "ca md too weak")
			ok := exit == 0 && strings.Contains(output, "Verify return code: 0 (ok)")
			return verdict{ok, !ok && fault == "", said(fault, output)}
		},
	})
}

func newGnuTLS(t *testing.T, dir string) (session, error) {
	return newCommand(t, dir, "--version", command{
		program: "gnutls-cli",
		args: func(j job) []string {
			return []string{"--x509cafile", j.store, "--sni-hostname", j.host, "--verify-hostname", j.host, "--port", j.port, "127.0.0.1"}
		},
		judge: func(output string, exit int) verdict {
			fault := lineWith(output, "The certificate is NOT trusted", "Fatal error: Error in the certificate", "ASN1 parser")
			ok := exit == 0 && strings.Contains(output, "The certificate is trusted")
			return verdict{ok, !ok && fault == "", said(fault, output)}
		},
	})
}

func newCurl(t *testing.T, dir string) (session, error) {
	return newCommand(t, dir, "--version", command{
		program: "curl",
		args: func(j job) []string {
			return []string{"-q", "-sS", "--noproxy", "*", "--max-time", "30", "--cacert", j.store, "--capath", "/nonexistent",
				"--resolve", j.host + ":" + j.port + ":127.0.0.1", "--resolve", strings.TrimSuffix(j.host, ".") + ":" + j.port + ":127.0.0.1", "https://" + j.host + ":" + j.port + "/"}
		},
		judge: func(output string, exit int) verdict {
			// 60 is a certificate that cannot be authenticated, as long as
			// OpenSSL tells so first. 35 is any trouble with the handshake;
			// the server signs that correctly, so that words about signatures
			// and encodings are about certificates.
			fault := ""
			if exit == 60 || exit == 35 {
				fault = lineWith(output, "curl: (60)", "rsa routines", "elliptic curve routines", "asn1 encoding routines")
			}
			ok := exit == 0
			return verdict{ok, !ok && fault == "", said(fault, output)}
		},
	})
}

// said is what to quote of a client: the line that tells, else all of it.
func said(fault, output string) string {
	if fault == "" {
		fault = strings.Join(strings.Fields(output), " ")
	}
	return fault[:min(len(fault), 400)]
}
