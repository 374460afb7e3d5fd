//go:build unix

package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"sync"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

const rootLabel = "bench root"

// repeated is how many leaves there are where they repeat.
const repeated = 256

// serveFarm answers on one port of every loopback address, as a server of its
// own each: ECDSA P-256 leaves under one intermediate, TLS 1.2 and 1.3. It
// tells its port on standard output and runs until it is killed.
func serveFarm(o options) error {
	farm := &farm{options: o, leaves: make(map[string]*tls.Certificate)}
	if err := farm.makeCA(); err != nil {
		return err
	}
	l, err := net.Listen("tcp4", "0.0.0.0:"+o.port)
	if err != nil {
		return err
	}
	fmt.Println(l.Addr().(*net.TCPAddr).Port)
	config := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: farm.certificate, SessionTicketsDisabled: true,
		CurvePreferences: []tls.CurveID{tls.CurveP256}}
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			time.Sleep(time.Millisecond) // out of descriptors: the next accept may succeed
			continue
		}
		go farm.serve(conn, config)
	}
}

type farm struct {
	options
	mu     sync.Mutex
	leaves map[string]*tls.Certificate
	issue  func(key string) (*tls.Certificate, error)
}

func (f *farm) makeCA() error {
	root, err := tlstest.Root(rootLabel)
	if err != nil {
		return err
	}
	ca, err := tlstest.Intermediate("bench intermediate", root)
	if err != nil {
		return err
	}
	f.issue = func(key string) (*tls.Certificate, error) {
		leaf, err := tlstest.Leaf("leaf "+key, ca)
		if err != nil {
			return nil, err
		}
		return &tls.Certificate{Certificate: [][]byte{leaf.DER, ca.DER}, PrivateKey: leaf.Key}, nil
	}
	return nil
}

// certificate gives the leaf of the address that was connected to.
func (f *farm) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	address := hello.Conn.LocalAddr().(*net.TCPAddr).IP.String()
	key := address
	if !f.distinct {
		key = fmt.Sprint(hash(key) % repeated)
	}
	if int(hash(address)%100) < f.renewed {
		key += " renewed"
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if c := f.leaves[key]; c != nil {
		return c, nil
	}
	c, err := f.issue(key)
	if err == nil {
		f.leaves[key] = c
	}
	return c, err
}

func (f *farm) serve(conn net.Conn, config *tls.Config) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	if int(hash(conn.LocalAddr().(*net.TCPAddr).IP.String())%100) < f.dead {
		conn.Read(make([]byte, 1<<16))
		conn.Read(make([]byte, 1)) // until the client gives up
		return
	}
	time.Sleep(f.latency)
	server := tls.Server(conn, config)
	if server.Handshake() == nil {
		server.Read(make([]byte, 1))
	}
}

func hash(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	return h.Sum32()
}
