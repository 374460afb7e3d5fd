package tlstest

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// An Identity is what a server shows: the entries of its Certificate message,
// certificates or not, and the key that answers for the first of them.
type Identity struct {
	Entries [][]byte
	Key     crypto.Signer
	Staple  []byte   // an OCSP response to staple; nil: none
	SCTs    [][]byte // signed certificate timestamps for the TLS extension
}

// Present shows certificates in the given order; the first one's key answers.
func Present(certs ...*Cert) Identity {
	var id Identity
	for _, c := range certs {
		id.Entries = append(id.Entries, c.DER)
	}
	if len(certs) > 0 {
		id.Key = certs[0].Key
	}
	return id
}

// Behaviour is how a TLS server treats its clients. The zero value of every
// field but Default or ByName is an ordinary server of TLS 1.0 to 1.3.
type Behaviour struct {
	Default    Identity                             // shown to clients that ask for no name, or for an unknown one
	ByName     map[string]Identity                  // shown to clients that ask for the name (SNI)
	Pick       func(*tls.ClientHelloInfo) *Identity // if it returns an identity, that is shown
	RefuseBare bool                                 // a hello without SNI is answered by an alert
	MinVersion uint16                               // 0 means TLS 1.0
	MaxVersion uint16                               // 0 means TLS 1.3
	ClientAuth bool                                 // aborts after the certificate unless the client shows one
	ClientCA   []*Cert                              // CAs whose client certificates it says that it takes, with ClientAuth
	Preamble   func(net.Conn) error                 // spoken in clear text before TLS
	Listen     string                               // address to listen at; empty means any port of 127.0.0.1
}

// patience bounds what one client can hold on to; no test waits for it.
const patience = 30 * time.Second

// Serve starts a TLS server. It shows the entries as they are: crypto/tls
// parses nothing that it presents.
func Serve(b Behaviour) (*Server, error) {
	suites := tls.CipherSuites()
	suites = append(suites, tls.InsecureCipherSuites()...)
	config := &tls.Config{MinVersion: b.MinVersion, MaxVersion: b.MaxVersion, GetCertificate: b.identity}
	if config.MinVersion == 0 {
		config.MinVersion = tls.VersionTLS10
	}
	if b.ClientAuth {
		config.ClientAuth = tls.RequireAnyClientCert
		config.ClientCAs = x509.NewCertPool()
		for _, c := range b.ClientCA {
			config.ClientCAs.AppendCertsFromPEM(c.PEM())
		}
	}
	for _, suite := range suites {
		config.CipherSuites = append(config.CipherSuites, suite.ID)
	}
	return Script(b.Listen, func(conn net.Conn) {
		conn.SetDeadline(time.Now().Add(patience))
		if b.Preamble != nil && b.Preamble(conn) != nil {
			return
		}
		server := tls.Server(conn, config)
		if server.Handshake() == nil {
			io.CopyN(io.Discard, server, 1) // until the client has had enough, or asks what this server has no answer to
		}
		server.Close()
	})
}

// identity is the choice of what to show, as a tls.Certificate.
func (b Behaviour) identity(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if hello.ServerName == "" && b.RefuseBare {
		return nil, errors.New("tlstest: no server name in the hello")
	}
	id, ok := b.ByName[hello.ServerName]
	if !ok {
		id = b.Default
	}
	if b.Pick != nil {
		if picked := b.Pick(hello); picked != nil {
			id = *picked
		}
	}
	if id.Key == nil {
		return nil, errors.New("tlstest: nothing to show")
	}
	return &tls.Certificate{
		Certificate: id.Entries, PrivateKey: signer(id.Key), OCSPStaple: id.Staple, SignedCertificateTimestamps: id.SCTs,
	}, nil
}

// signer bares the key itself, for crypto/tls looks at its type.
func signer(key crypto.Signer) crypto.Signer {
	if k, ok := key.(*Key); ok {
		return k.Signer
	}
	return key
}

// A Server is a listener on loopback and its connections.
type Server struct {
	listener net.Listener
	stop     context.CancelFunc
	running  sync.WaitGroup
}

// Script starts a server that treats each connection as serve says, and closes
// it when serve returns. listen is an address, empty for any port of 127.0.0.1.
func Script(listen string, serve func(net.Conn)) (*Server, error) {
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{listener: listener, stop: stop}
	s.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil { // out of descriptors, say: others may give some back
				time.Sleep(time.Millisecond)
				continue
			}
			s.running.Go(func() {
				defer conn.Close()
				release := context.AfterFunc(ctx, func() { conn.Close() })
				defer release()
				serve(conn)
			})
		}
	})
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() netip.AddrPort {
	return s.listener.Addr().(*net.TCPAddr).AddrPort()
}

// Close ends the server and all its connections, and returns when all it
// started has ended.
func (s *Server) Close() {
	s.stop()
	s.listener.Close()
	s.running.Wait()
}
