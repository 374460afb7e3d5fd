package conformance

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	builders "github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// clientChains are what clients show to servers, one recipe each; the leaf is for
// clients where it says nothing else.
var clientChains = []struct{ name, recipe string }{
	{"as it should be", "root R\nca I by R\nleaf L by I\npresent L I\nanchors R"},
	{"root sent too", "root R\nca I by R\nleaf L by I\npresent L I R\nanchors R"},
	{"right under the root", "root R\nleaf L by R\npresent L\nanchors R"},
	{"intermediate not sent", "root R\nca I by R\nleaf L by I\npresent L\nanchors R"},
	{"not sent, and trusted", "root R\nca I by R\nleaf L by I\npresent L\nanchors R I"},
	{"intermediate trusted alone", "root R\nca I by R\nleaf L by I\npresent L I\nanchors I"},
	{"trusted alone, and not sent", "root R\nca I by R\nleaf L by I\npresent L\nanchors I"},
	{"two intermediates", "root R\nca J by R\nca I by J\nleaf L by I\npresent L I J\nanchors R"},
	{"two intermediates, one trusted", "root R\nca J by R\nca I by J\nleaf L by I\npresent L I\nanchors R J"},
	{"three intermediates", "root R\nca K by R\nca J by K\nca I by J\nleaf L by I\npresent L I J K\nanchors R"},
	{"two intermediates out of order", "root R\nca J by R\nca I by J\nleaf L by I\npresent L J I\nanchors R"},
	{"an unrelated one beside", "root R\nroot O\nca I by R\nca U by O\nleaf L by I\npresent L U I\nanchors R"},
	{"another root", "root R\nroot O\nca I by R\nleaf L by I\npresent L I\nanchors O"},
	{"root of the same name", "root R\nroot O subject=\"C=XX,O=Example Trust Services,CN=Example CA R\"\nca I by R\nleaf L by I\npresent L I\nanchors O"},
	{"self-signed and trusted", "leaf L\npresent L\nanchors L"},
	{"self-signed", "root R\nleaf L\npresent L\nanchors R"},
	{"leaf trusted", "root R\nca I by R\nleaf L by I\npresent L\nanchors L"},
	{"leaf for servers", "root R\nca I by R\nleaf L by I eku=server\npresent L I\nanchors R"},
	{"leaf for both", "root R\nca I by R\nleaf L by I eku=server,client\npresent L I\nanchors R"},
	{"leaf for anything", "root R\nca I by R\nleaf L by I eku=any\npresent L I\nanchors R"},
	{"leaf says nothing", "root R\nca I by R\nleaf L by I eku=none\npresent L I\nanchors R"},
	{"intermediate for servers", "root R\nca I by R eku=server\nleaf L by I\npresent L I\nanchors R"},
	{"intermediate for clients", "root R\nca I by R eku=client\nleaf L by I\npresent L I\nanchors R"},
	{"intermediate for both", "root R\nca I by R eku=server,client\nleaf L by I\npresent L I\nanchors R"},
	{"intermediate for anything", "root R\nca I by R eku=any\nleaf L by I\npresent L I\nanchors R"},
	{"root for servers", "root R eku=server\nca I by R\nleaf L by I\npresent L I\nanchors R"},
	{"leaf's key encrypts", "root R\nca I by R\nleaf L by I keytype=rsa2048 ku=keyencipherment\npresent L I\nanchors R"},
	{"leaf without key usage", "root R\nca I by R\nleaf L by I ku=none\npresent L I\nanchors R"},
	{"expired leaf", "root R\nca I by R\nleaf L by I to=-1d\npresent L I\nanchors R"},
	{"leaf of tomorrow", "root R\nca I by R\nleaf L by I from=+1d\npresent L I\nanchors R"},
	{"expired intermediate", "root R\nca I by R to=-1d\nleaf L by I\npresent L I\nanchors R"},
	{"expired root", "root R to=-1d\nca I by R\nleaf L by I\npresent L I\nanchors R"},
	{"intermediate is no CA", "root R\nca I by R ca=false\nleaf L by I\npresent L I\nanchors R"},
	{"intermediate may not sign", "root R\nca I by R ku=nocertsign\nleaf L by I\npresent L I\nanchors R"},
	{"path length", "root R\nca J by R pathlen=0\nca I by J\nleaf L by I\npresent L I J\nanchors R"},
	{"broken signature", "root R\nca I by R\nleaf L by I corrupt\npresent L I\nanchors R"},
	{"SHA-1", "root R\nca I by R\nleaf L by I alg=sha1\npresent L I\nanchors R"},
	{"RSA of 1024 bits", "root R\nca I by R\nleaf L by I keytype=rsa1024\npresent L I\nanchors R"},
	{"unknown critical extension", "root R\nca I by R\nleaf L by I critical\npresent L I\nanchors R"},
	{"name constraints", "root R\nca I by R nc=permit:other.example\nleaf L by I\npresent L I\nanchors R"},
	{"junk behind", "root R\nca I by R\nleaf L by I\njunk X hex=00ff\npresent L I X\nanchors R"},
}

// knownLimits are the verdicts that are not predicted, and why.
var knownLimits = map[string]string{}

// TestServers shows chains of clients to servers that want them, and holds what
// they make of these against the profiles of servers.
func TestServers(t *testing.T) {
	now := time.Now()
	var shows []*clientShow
	for _, c := range clientChains {
		shows = append(shows, newClientShow(t, now, c.name, c.recipe))
	}
	for id, start := range mutualServers {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			at := start(t, t.TempDir(), shows)
			for i, s := range shows {
				profile := serverProfile(t, id, s.anchors)
				for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
					accepted, why := s.connect(at[i], version)
					p := profile.Judge(new(chain.Verifier).Begin(), s.entries, builders.Question{At: now, TLS: version})
					if name := id + ", " + s.name; accepted != p.Accepted && knownLimits[name] == "" {
						t.Errorf("%s, %s: accepted %v (%s), predicted %v: %s", s.name, tls.VersionName(version), accepted, why, p.Accepted, p.Reason)
					}
				}
			}
		})
	}
}

func serverProfile(t *testing.T, id string, anchors *chain.Set) *builders.Profile {
	t.Helper()
	for _, p := range builders.Servers(anchors) {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("no profile %s", id)
	return nil
}

// A clientShow is a chain to show, and the CAs that the server shall trust.
type clientShow struct {
	name    string
	own     tls.Certificate
	entries []chain.Entry
	anchors *chain.Set
	trusted []byte // the anchors as PEM
}

func newClientShow(t *testing.T, now time.Time, name, recipe string) *clientShow {
	t.Helper()
	recipe = strings.NewReplacer("leaf L by I", "leaf L by I eku=client from=-30d to=+30d", "leaf L by R", "leaf L by R eku=client from=-30d to=+30d",
		"leaf L\n", "leaf L eku=client from=-30d to=+30d\n").Replace(recipe)
	r, err := tlstest.ParseRecipe(name, "at "+now.Format(time.DateOnly)+"\n"+recipe)
	if err != nil {
		t.Fatal(err)
	}
	s := &clientShow{name: name, own: tls.Certificate{Certificate: r.Presented, PrivateKey: r.LeafKey.Signer}}
	for _, der := range r.Presented {
		s.entries = append(s.entries, chain.Read(der))
	}
	var anchors []*cert.Certificate
	for _, der := range r.Anchors {
		c, err := cert.Parse(der)
		if err != nil {
			t.Fatal(err)
		}
		anchors = append(anchors, c)
		s.trusted = append(s.trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	s.anchors = chain.NewSet(anchors)
	return s
}

// connect reports whether the server answers one who shows the chain as if it
// were welcome.
func (s *clientShow) connect(addr string, version uint16) (bool, string) {
	conn, err := net.DialTimeout("tcp", addr, time.Minute)
	if err != nil {
		return false, err.Error()
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	c := tls.Client(conn, &tls.Config{
		InsecureSkipVerify: true, MinVersion: version, MaxVersion: version,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &s.own, nil },
	})
	if err := c.Handshake(); err != nil {
		return false, err.Error()
	}
	io.WriteString(c, "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
	answer, err := io.ReadAll(io.LimitReader(c, 4096))
	status, _, _ := strings.Cut(string(answer), "\r\n")
	return strings.Contains(status, " 200 "), fmt.Sprintf("%s %v", status, err)
}

// mutualServers start servers that want the clients of each show, at an address
// for each.
var mutualServers = map[string]func(*testing.T, string, []*clientShow) []string{
	"nginx": mutualNginx, "apache": mutualApache, "haproxy": mutualHAProxy, "go-server": mutualGo, "java-server": mutualJava,
}

// places are addresses of loopback, one for each show, and the folder with the
// anchors (N.pem) and the server's own certificate (server.pem, server.key).
func places(t *testing.T, dir string, shows []*clientShow) (at []string) {
	t.Helper()
	own := tlstest.For(t).Leaf("server", nil, func(c *tlstest.Template) {
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	})
	key, err := x509.MarshalPKCS8PrivateKey(own.Key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	files := map[string][]byte{"server.pem": own.PEM(), "server.key": text, "both.pem": append(own.PEM(), text...), "index.html": []byte("hello\n")}
	for i, s := range shows {
		files[fmt.Sprintf("%d.pem", i)] = s.trusted
		l, err := net.Listen("tcp", own127(t))
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, l.Addr().String())
		defer l.Close()
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

// own127 is an address of loopback that no connection of other tests begins at
// or leads to, so that a port that was free there stays so.
func own127(t *testing.T) string {
	h := fnv.New32()
	fmt.Fprint(h, os.Getpid(), t.Name())
	sum := h.Sum32()
	return fmt.Sprintf("127.%d.%d.%d:0", 1+sum%250, sum>>8%250, 1+sum>>16%250)
}

// serveUntilEnd starts a server, and returns when it listens at all addresses.
func serveUntilEnd(t *testing.T, dir string, at []string, argv ...string) {
	t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	var said bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		<-ended
	})
	for _, addr := range at {
		for {
			conn, err := net.Dial("tcp", addr)
			if err == nil {
				conn.Close()
				break
			}
			select {
			case <-ended:
				t.Fatalf("%s did not start:\n%s", argv[0], said.String())
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
}

func mutualNginx(t *testing.T, dir string, shows []*clientShow) []string {
	program, at := tlstest.Program(t, "nginx", "nginx"), places(t, dir, shows)
	var b strings.Builder
	fmt.Fprintf(&b, "daemon off; master_process off; pid pid; error_log stderr crit;\nevents { worker_connections 512; }\nhttp { access_log off; "+
		"client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;\n")
	for i, addr := range at {
		fmt.Fprintf(&b, "server { listen %s ssl; ssl_certificate server.pem; ssl_certificate_key server.key; ssl_protocols TLSv1.2 TLSv1.3; "+
			"ssl_verify_client on; ssl_client_certificate %d.pem; location / { return 200 hello; } }\n", addr, i)
	}
	b.WriteString("}\n")
	if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	serveUntilEnd(t, dir, at, program, "-e", "stderr", "-p", dir, "-c", "nginx.conf")
	return at
}

func mutualApache(t *testing.T, dir string, shows []*clientShow) []string {
	const modules = "/usr/lib/apache2/modules/"
	program, at := tlstest.Program(t, "apache2", "apache2"), places(t, dir, shows)
	var b strings.Builder
	fmt.Fprintf(&b, "ServerRoot %[1]s\nDefaultRuntimeDir %[1]s\nPidFile pid\nServerName localhost\nErrorLog error.log\nDocumentRoot %[1]s\n"+
		"LoadModule mpm_event_module %[2]smod_mpm_event.so\nLoadModule ssl_module %[2]smod_ssl.so\nLoadModule authz_core_module %[2]smod_authz_core.so\n"+
		"LoadModule dir_module %[2]smod_dir.so\n<Directory %[1]s>\nRequire all granted\n</Directory>\nDirectoryIndex index.html\n", dir, modules)
	if os.Geteuid() == 0 {
		b.WriteString("User www-data\nGroup www-data\n")
		for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) { // it serves as www-data
			if err := os.Chmod(d, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, addr := range at {
		fmt.Fprintf(&b, "Listen %[1]s\n<VirtualHost %[1]s>\nSSLEngine on\nSSLCertificateFile server.pem\nSSLCertificateKeyFile server.key\n"+
			"SSLVerifyClient require\nSSLCACertificateFile %[2]d.pem\n</VirtualHost>\n", addr, i)
	}
	file := filepath.Join(dir, "apache2.conf")
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	serveUntilEnd(t, dir, at, program, "-DFOREGROUND", "-d", dir, "-f", file)
	return at
}

func mutualHAProxy(t *testing.T, dir string, shows []*clientShow) []string {
	program, at := tlstest.Program(t, "haproxy", "haproxy"), places(t, dir, shows)
	var b strings.Builder
	b.WriteString("global\n  maxconn 64\ndefaults\n  mode http\n  timeout connect 60s\n  timeout client 60s\n  timeout server 60s\n")
	for i, addr := range at {
		fmt.Fprintf(&b, "frontend f%d\n  bind %s ssl crt %s/both.pem ca-file %s/%d.pem verify required\n  http-request return status 200\n", i, addr, dir, dir, i)
	}
	file := filepath.Join(dir, "haproxy.cfg")
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	serveUntilEnd(t, dir, at, program, "-db", "-f", file)
	return at
}

func mutualGo(t *testing.T, dir string, shows []*clientShow) (at []string) {
	places(t, dir, shows)
	own, err := tls.LoadX509KeyPair(filepath.Join(dir, "server.pem"), filepath.Join(dir, "server.key"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range shows {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(s.trusted)
		config := &tls.Config{Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
		server := tlstest.For(t).Script(func(conn net.Conn) {
			conn.SetDeadline(time.Now().Add(time.Minute))
			c := tls.Server(conn, config)
			defer c.Close()
			if c.Handshake() == nil {
				answerHTTP(c)
			}
		})
		at = append(at, server.Addr().String())
	}
	return at
}

func mutualJava(t *testing.T, dir string, shows []*clientShow) []string {
	program, at := tlstest.Program(t, "java", "openjdk-17-jdk-headless"), places(t, dir, shows)
	serveUntilEnd(t, dir, at, append([]string{program, "-XX:TieredStopAtLevel=1", source(t, "Server.java"), dir}, at...)...)
	return at
}
