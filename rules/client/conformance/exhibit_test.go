package conformance

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/variant"
)

// An exhibit is a chain shown at a port of its own by one version of TLS, as
// some hosts cannot be told by what clients ask for: addresses, and names that
// clients write in ways of their own.
type exhibit struct {
	*tlstest.Server
	asked atomic.Int32 // connections
}

func (e *exhibit) port() string { return strconv.Itoa(int(e.Addr().Port())) }

// exhibitor shows chains: by Go's server where that can use the leaf's key,
// else by another one.
type exhibitor struct{ others *otherServer }

// show fails where no server can show the chain by that version.
func (x exhibitor) show(c *variant.Chain, version string) (*exhibit, error) {
	e := &exhibit{}
	serve := func(conn net.Conn) { serveChain(conn, c, version) }
	if c.Key.Signer == nil || c.Key.Forced && !c.Forced {
		port, err := x.others.show(c, version)
		if err != nil {
			return nil, err
		}
		serve = func(conn net.Conn) { relay(conn, port) }
	}
	var err error
	e.Server, err = tlstest.Script("", func(conn net.Conn) {
		e.asked.Add(1)
		conn.SetDeadline(time.Now().Add(time.Minute))
		serve(conn)
	})
	return e, err
}

func serveChain(conn net.Conn, c *variant.Chain, version string) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, SessionTicketsDisabled: true}
	if version == "1.3" {
		config.MinVersion, config.MaxVersion = tls.VersionTLS13, tls.VersionTLS13
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if c.Exchange == "" || strings.HasPrefix(suite.Name, "TLS_RSA_") {
			config.CipherSuites = append(config.CipherSuites, suite.ID)
		}
	}
	config.Certificates = []tls.Certificate{{Certificate: c.Presented, PrivateKey: c.Key.Signer}}
	server := tls.Server(conn, config)
	defer server.Close()
	if server.Handshake() == nil {
		answerHTTP(server)
	}
}

// relay passes everything on to a port of loopback and back.
func relay(conn net.Conn, port string) {
	other, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		io.Copy(conn, other)
		conn.Close()
	})
	io.Copy(other, conn)
	other.Close()
	back.Wait()
}

// otherServer is the newest Node, whose OpenSSL knows more kinds of keys.
type otherServer struct {
	mu    sync.Mutex
	dir   string
	in    io.Writer
	out   *bufio.Reader
	err   error
	ports map[string]string // by chain and version
}

func (o *otherServer) start(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), built("node-26", "node_modules/.bin/node"), source(t, "server.js"))
	cmd.Env = environment(o.dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		o.err = err
		return
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		o.err = err
		return
	}
	o.in, o.out = in, bufio.NewReader(out)
	if o.err = cmd.Start(); o.err != nil {
		return
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	_, o.err = o.out.ReadString('\n')
}

func newOtherServer(t *testing.T) *otherServer {
	o := &otherServer{dir: t.TempDir(), ports: map[string]string{}}
	if o.start(t); o.err != nil {
		t.Logf("chains with keys that Go's server cannot use are left out: %v", o.err)
	}
	return o
}

// show gives the port, the same for all who ask.
func (o *otherServer) show(c *variant.Chain, version string) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return "", o.err
	}
	name := c.ID + "-" + version
	if port, ok := o.ports[name]; ok {
		return port, nil
	}
	chain, key := filepath.Join(o.dir, name+".pem"), filepath.Join(o.dir, name+".key")
	var text []byte
	for _, der := range c.Presented {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	if err := os.WriteFile(chain, text, 0o600); err != nil {
		return "", err
	}
	if err := os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: c.Key.PKCS8}), 0o600); err != nil {
		return "", err
	}
	fmt.Fprintf(o.in, "%s\t%s\tTLSv%s\n", chain, key, version)
	line, err := o.out.ReadString('\n')
	if err != nil {
		return "", err
	}
	port, why, _ := strings.Cut(strings.TrimSpace(line), "\t")
	if port == "0" {
		return "", fmt.Errorf("the server cannot show it: %s", why)
	}
	o.ports[name] = port
	return port, nil
}
