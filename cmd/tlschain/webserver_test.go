package main

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// A site is one name that a web server serves, with the certificate file that
// an administrator gave it.
type site struct {
	name  string
	chain []byte // PEM, in the order of the file
	key   []byte // PEM
}

// A webServer knows how one real server is configured and started in the
// foreground, with all its files in one folder.
type webServer struct {
	name    string
	program string // as found in PATH
	debian  string // the package
	// config writes the configuration for the address and returns the arguments.
	config func(t *testing.T, dir, address string, sites []site) []string
}

var webServers = []webServer{
	{"nginx", "nginx", "nginx", configureNginx},
	{"Apache httpd", "apache2", "apache2", configureApache},
	{"HAProxy", "haproxy", "haproxy", configureHAProxy},
}

// start runs the server until the test ends and returns its address.
func (s webServer) start(t *testing.T, sites []site) string {
	t.Helper()
	program := tlstest.Program(t, s.program, s.debian)
	dir := t.TempDir()
	address := freeAddress(t)
	var log bytes.Buffer
	server := exec.Command(program, s.config(t, dir, address, sites)...)
	server.Dir, server.Stdout, server.Stderr = dir, &log, &log
	system.OwnGroup(t, server) // its workers end with it
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	t.Cleanup(func() {
		system.KillGroup(server)
		<-ended
	})
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return address
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", s.name, err, log.String())
		case <-t.Context().Done():
			t.Fatalf("%s does not listen", s.name)
		case <-time.After(10 * time.Millisecond): // ask again
		}
	}
}

// freeAddress is an address on loopback that nothing listens at, nor will before a
// server does: see [tlstest.OwnHost].
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", tlstest.OwnHost()+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func write(t *testing.T, dir, name string, content ...[]byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, bytes.Join(content, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func configureNginx(t *testing.T, dir, address string, sites []site) []string {
	var b strings.Builder
	fmt.Fprintf(&b, "daemon off; master_process off; pid %s/pid; error_log stderr;\nevents {}\nhttp {\naccess_log off;\n", dir)
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&b, "%s_temp_path %s/%s;\n", kind, dir, kind)
	}
	for _, s := range sites {
		chain, key := write(t, dir, s.name+".pem", s.chain), write(t, dir, s.name+".key", s.key)
		fmt.Fprintf(&b, "server { listen %s ssl; server_name %s; ssl_certificate %s; ssl_certificate_key %s; }\n", address, s.name, chain, key)
	}
	b.WriteString("}\n")
	return []string{"-e", "stderr", "-p", dir, "-c", write(t, dir, "nginx.conf", []byte(b.String()))}
}

func configureApache(t *testing.T, dir, address string, sites []site) []string {
	const modules = "/usr/lib/apache2/modules/"
	var b strings.Builder
	fmt.Fprintf(&b, "ServerRoot %s\nDefaultRuntimeDir %s\nPidFile pid\nServerName localhost\nErrorLog error.log\nListen %s\n", dir, dir, address)
	fmt.Fprintf(&b, "LoadModule mpm_event_module %smod_mpm_event.so\nLoadModule ssl_module %smod_ssl.so\n", modules, modules)
	if os.Geteuid() == 0 {
		b.WriteString("User www-data\nGroup www-data\n")
	}
	for _, s := range sites {
		chain, key := write(t, dir, s.name+".pem", s.chain), write(t, dir, s.name+".key", s.key)
		fmt.Fprintf(&b, "<VirtualHost %s>\nServerName %s\nSSLEngine on\nSSLCertificateFile %s\nSSLCertificateKeyFile %s\n</VirtualHost>\n", address, s.name, chain, key)
	}
	return []string{"-DFOREGROUND", "-d", dir, "-f", write(t, dir, "apache2.conf", []byte(b.String()))}
}

func configureHAProxy(t *testing.T, dir, address string, sites []site) []string {
	var b strings.Builder
	b.WriteString("global\n  maxconn 64\ndefaults\n  mode http\n  timeout connect 10s\n  timeout client 10s\n  timeout server 10s\n")
	fmt.Fprintf(&b, "frontend tls\n  bind %s ssl", address)
	for _, s := range sites { // each file holds chain and key, and is picked by the names in its leaf
		fmt.Fprintf(&b, " crt %s", write(t, dir, s.name+".pem", s.chain, s.key))
	}
	b.WriteString("\n  http-request return status 200\n")
	return []string{"-db", "-f", write(t, dir, "haproxy.cfg", []byte(b.String()))}
}

// pemOf is the entries of a recipe as the file that presents them.
func pemOf(entries ...[]byte) (out []byte) {
	for _, der := range entries {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out
}

// siteOf is a site that presents what a recipe does.
func siteOf(t *testing.T, r *tlstest.Recipe) site {
	t.Helper()
	return site{r.Name, pemOf(r.Presented...), keyPEM(t, r.LeafKey.Signer)}
}
