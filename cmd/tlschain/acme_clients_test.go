package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// An acmeServer is Pebble, Let's Encrypt's small ACME server, on loopback. It
// takes every name as proven.
type acmeServer struct {
	host      string // address:port
	directory string // URL
	root      string // file of the CA that its own certificate is of
}

func startPebble(t *testing.T) acmeServer {
	t.Helper()
	program := tlstest.Program(t, "pebble", "pebble")
	mk, dir := tlstest.For(t), t.TempDir()
	// Clients that are not ours look at it by the machine's clock.
	lasting := func(c *tlstest.Template) { c.NotBefore, c.NotAfter = time.Unix(0, 0), time.Now().AddDate(1, 0, 0) }
	ca := mk.Root("of Pebble", lasting)
	address, management := freeAddress(t), freeAddress(t)
	host, _, _ := net.SplitHostPort(address)
	leaf := mk.Leaf("localhost", ca, lasting, func(c *tlstest.Template) { c.IPAddresses = []net.IP{net.ParseIP(host)} })
	chain, key := write(t, dir, "leaf.pem", leaf.PEM()), write(t, dir, "leaf.key", keyPEM(t, leaf.Key.Signer))
	config := fmt.Sprintf(`{"pebble": {"listenAddress": %q, "managementListenAddress": %q, "certificate": %q, "privateKey": %q,
		"httpPort": 1, "tlsPort": 1}}`, address, management, chain, key)
	cmd := exec.Command(program, "-config", write(t, dir, "pebble.json", []byte(config)))
	cmd.Env = append(os.Environ(), "PEBBLE_VA_ALWAYS_VALID=1", "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	untilListening(t, cmd, address)
	return acmeServer{address, "https://" + address + "/dir", write(t, dir, "ca.pem", ca.PEM())}
}

// untilListening starts a program that ends with the test, and returns when
// somebody can connect.
func untilListening(t *testing.T, cmd *exec.Cmd, address string) {
	t.Helper()
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	system.OwnGroup(t, cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { system.KillGroup(cmd); <-ended })
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%v ended: %v\n%s", cmd, err, log.String())
		case <-t.Context().Done():
			t.Fatalf("%v does not listen", cmd)
		case <-time.After(10 * time.Millisecond): // ask again
		}
	}
}

// TestStoresOfRealClients: what certbot, lego and Caddy write when a server gives them
// certificates is read as they mean it, and nothing in their stores is skipped
// or taken for more.
func TestStoresOfRealClients(t *testing.T) {
	server := startPebble(t)
	port := func() string { _, port, _ := strings.Cut(freeAddress(t), ":"); return port }
	for _, client := range []struct {
		name, debian string
		args         func(dir string) []string
		env          string
		chain        string // the file that servers are given
	}{
		{"certbot", "certbot", func(dir string) []string {
			return []string{"certonly", "--standalone", "--http-01-port", port(), "--server", server.directory, "-d", "shop.example.test",
				"--config-dir", dir, "--work-dir", filepath.Join(dir, "..", "work"), "--logs-dir", filepath.Join(dir, "..", "logs"),
				"--agree-tos", "--register-unsafely-without-email", "-n"}
		}, "REQUESTS_CA_BUNDLE=" + server.root, "live/shop.example.test/fullchain.pem"},
		{"lego", "lego", func(dir string) []string {
			return []string{"--server", server.directory, "--accept-tos", "--email", "x@example.test", "--domains", "shop.example.test",
				"--http", "--http.port", "127.0.0.1:" + port(), "--path", dir, "run"}
		}, "LEGO_CA_CERTIFICATES=" + server.root, "certificates/shop.example.test.crt"},
		{"caddy", "caddy", func(dir string) []string {
			config := fmt.Sprintf(`{"admin": {"disabled": true}, "storage": {"module": "file_system", "root": %q}, "apps": {"tls": {
				"certificates": {"automate": ["shop.example.test"]}, "automation": {"policies": [{"issuers": [{"module": "acme", "ca": %q,
				"trusted_roots_pem_files": [%q], "challenges": {"http": {"alternate_port": %s}, "tls-alpn": {"disabled": true}}}]}]}}}}`,
				dir, server.directory, server.root, port())
			return []string{"run", "--config", write(t, filepath.Dir(dir), "caddy.json", []byte(config))}
		}, "", "certificates/" + regexp.MustCompile(`[^\w.-]`).ReplaceAllString(server.host, "-") + "-dir/shop.example.test/shop.example.test.crt"},
	} {
		t.Run(client.name, func(t *testing.T) {
			program := tlstest.Program(t, client.name, client.debian)
			dir := filepath.Join(t.TempDir(), "store")
			cmd := exec.Command(program, client.args(dir)...)
			cmd.Env = append(os.Environ(), client.env)
			if client.name == "caddy" { // stays
				log := startUntilEnd(t, cmd)
				await(t, func() bool { // the last that it writes is the .json beside
					_, err := os.Stat(filepath.Join(dir, strings.TrimSuffix(client.chain, ".crt")+".json"))
					return err == nil
				}, log)
			} else if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var out, said bytes.Buffer
			run(t.Context(), []string{"check", "--format", "json", dir}, strings.NewReader(""), &out, &said, func(string) string { return "" })
			report := readReport(t, out.Bytes())
			var files []string
			for _, e := range report.Endpoints {
				files = append(files, strings.TrimPrefix(e.Target, dir+"/"))
				if len(e.Chain) != 2 || !slices.Contains(e.DNSNames, "shop.example.test") {
					t.Errorf("%s: %d certificates, for %v", e.Target, len(e.Chain), e.DNSNames)
				}
				for _, f := range e.Findings {
					if f.Rule == "key-mismatch" || f.Rule == "missing-intermediate" || f.Rule == "wrong-order" {
						t.Errorf("%s: %s: %s", e.Target, f.Rule, f.Message)
					}
				}
			}
			if !slices.Equal(files, []string{client.chain}) || len(report.Summary.Skipped) > 0 {
				t.Errorf("judged %v, want %s; skipped %v\n%s", files, client.chain, report.Summary.Skipped, said.String())
			}
		})
	}
}
