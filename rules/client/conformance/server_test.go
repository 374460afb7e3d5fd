package conformance

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A server presents many scenarios at one port of loopback, each to those who
// ask for its host, and remembers who was asked for.
type server struct {
	*tlstest.Server
	mu    sync.Mutex
	shown map[string]tlstest.Identity // by host
	asked map[string]int              // hellos by host
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{shown: map[string]tlstest.Identity{}, asked: map[string]int{}}
	var err error
	if s.Server, err = tlstest.Script("", s.serve); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// show adds a scenario.
func (s *server) show(host string, id tlstest.Identity) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown[host] = id
}

// hide removes one that nobody will ask for any more.
func (s *server) hide(host string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.shown, host)
}

// times is how often a host was asked for.
func (s *server) times(host string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[host]
}

// serve handshakes and answers whatever it is told, as browsers and curl want
// to hear something before they are content.
func (s *server) serve(conn net.Conn) {
	conn.SetDeadline(time.Now().Add(time.Minute))
	c := tls.Server(conn, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.certificate, SessionTicketsDisabled: true})
	defer c.Close()
	if c.Handshake() != nil {
		return
	}
	answerHTTP(c)
}

// answerHTTP reads a request and answers that there is nothing.
func answerHTTP(c net.Conn) {
	r := bufio.NewReader(c)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		if line == "\r\n" {
			break
		}
	}
	io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

func (s *server) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[hello.ServerName]++
	id, ok := s.shown[hello.ServerName]
	if !ok {
		return nil, fmt.Errorf("nothing is shown as %q", hello.ServerName)
	}
	key := id.Key
	if k, ok := key.(*tlstest.Key); ok {
		key = k.Signer // crypto/tls looks at its type
	}
	return &tls.Certificate{Certificate: id.Entries, PrivateKey: key}, nil
}
