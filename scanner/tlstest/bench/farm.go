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
// own each, with TLS 1.2 and 1.3. It
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

// makeCA sets up who issues the leaves: one intermediate with keys of P-256, or,
// for the mixed farm, ten of RSA-2048 below another one, for leaves of both kinds.
func (f *farm) makeCA() error {
	root, err := tlstest.Root(rootLabel)
	if err != nil {
		return err
	}
	if f.mixed {
		return f.makeMixed(root)
	}
	ca, err := tlstest.Intermediate("bench intermediate", root)
	if err != nil {
		return err
	}
	f.issue = func(key string) (*tls.Certificate, error) { return issue(key, []*tlstest.Cert{ca}) }
	return nil
}

// mixedCAs is how many CAs issue the leaves of the mixed farm, and rsaKeys how
// many RSA keys its leaves share: to find one takes longer than a handshake.
const mixedCAs, rsaKeys = 10, 16

func (f *farm) makeMixed(root *tlstest.Cert) error {
	var keys []*tlstest.Key
	for i := range rsaKeys {
		k, err := tlstest.NewKey(fmt.Sprint("bench leaf ", i), "rsa2048")
		if err != nil {
			return err
		}
		keys = append(keys, k)
	}
	var above [mixedCAs][]*tlstest.Cert
	for i := range above {
		upper, err := rsaCA(fmt.Sprint("bench policy CA ", i), root)
		if err != nil {
			return err
		}
		issuing, err := rsaCA(fmt.Sprint("bench issuing CA ", i), upper)
		if err != nil {
			return err
		}
		above[i] = []*tlstest.Cert{issuing, upper}
	}
	f.issue = func(key string) (*tls.Certificate, error) {
		n := hash(key)
		if n/mixedCAs%2 == 0 {
			return issue(key, above[n%mixedCAs])
		}
		return issue(key, above[n%mixedCAs], func(t *tlstest.Template) { t.Key = keys[n/mixedCAs%rsaKeys] })
	}
	return nil
}

func rsaCA(label string, by *tlstest.Cert) (*tlstest.Cert, error) {
	key, err := tlstest.NewKey(label, "rsa2048")
	if err != nil {
		return nil, err
	}
	return tlstest.Intermediate(label, by, func(t *tlstest.Template) { t.Key = key })
}

// issue makes a leaf and presents it with the CAs above it, the issuer first.
func issue(key string, above []*tlstest.Cert, mutate ...func(*tlstest.Template)) (*tls.Certificate, error) {
	leaf, err := tlstest.Leaf("leaf "+key, above[0], mutate...)
	if err != nil {
		return nil, err
	}
	shown := &tls.Certificate{Certificate: [][]byte{leaf.DER}, PrivateKey: leaf.Key}
	for _, ca := range above {
		shown.Certificate = append(shown.Certificate, ca.DER)
	}
	return shown, nil
}

// certificate gives the leaf of the address that was connected to.
func (f *farm) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	address := hello.Conn.LocalAddr().(*net.TCPAddr).IP.String()
	key := address
	if !f.distinct && !(f.mixed && hash(address)%10 > 0) {
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
