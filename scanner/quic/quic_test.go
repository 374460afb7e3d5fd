package quic_test

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"testing"
	"time"

	quicgo "github.com/quic-go/quic-go"

	"github.com/tlschain/tlschain/scanner/quic"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// serve starts a server of quic-go that shows certificates.
func serve(t testing.TB, retry bool, protocols []string, config *tls.Config, certs ...*tlstest.Cert) net.Addr {
	t.Helper()
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	transport := &quicgo.Transport{Conn: socket, VerifySourceAddress: func(net.Addr) bool { return retry }}
	if config == nil {
		config = new(tls.Config)
	}
	pair := tls.Certificate{PrivateKey: certs[0].Key.Signer}
	for _, c := range certs {
		pair.Certificate = append(pair.Certificate, c.DER)
	}
	config.Certificates, config.NextProtos = []tls.Certificate{pair}, protocols
	listener, err := transport.Listen(config, nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			if _, err := listener.Accept(context.Background()); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		transport.Close()
		socket.Close()
	})
	return socket.LocalAddr()
}

// ask holds one handshake with the address.
func ask(t testing.TB, to net.Addr, config *tls.Config) (quic.Result, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return askWithin(ctx, t, to, config)
}

func askWithin(ctx context.Context, t testing.TB, to net.Addr, config *tls.Config) (quic.Result, error) {
	t.Helper()
	link, err := net.Dial("udp", to.String())
	if err != nil {
		t.Fatal(err)
	}
	defer link.Close()
	defer context.AfterFunc(ctx, func() { link.SetDeadline(time.Unix(1, 0)) })()
	if config == nil {
		config = &tls.Config{CurvePreferences: []tls.CurveID{tls.CurveP256, tls.CurveP384}} // a hello of one datagram
	}
	config.ServerName, config.InsecureSkipVerify, config.MinVersion = tlstest.ServerName, true, tls.VersionTLS13
	config.NextProtos = []string{"h3", "doq"}
	return quic.Handshake(ctx, link, config)
}

func chainOf(certs ...*tlstest.Cert) (out [][]byte) {
	for _, c := range certs {
		out = append(out, c.DER)
	}
	return out
}

func TestHandshake(t *testing.T) {
	f := tlstest.For(t)
	intermediate := f.Intermediate("I", f.Root("R"))
	leaf := f.Leaf("L", intermediate)
	for _, c := range []struct {
		name      string
		retry     bool
		protocols []string
		config    *tls.Config
		client    *tls.Config
	}{
		{name: "h3", protocols: []string{"h3"}},
		{name: "doq", protocols: []string{"doq"}},
		{name: "retry", retry: true, protocols: []string{"h3"}},
		{name: "hello of two datagrams", protocols: []string{"h3"},
			client: &tls.Config{CurvePreferences: []tls.CurveID{tls.SecP384r1MLKEM1024}}},
		{name: "another curve", protocols: []string{"h3"}, config: &tls.Config{CurvePreferences: []tls.CurveID{tls.CurveP384}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := serve(t, c.retry, c.protocols, c.config, leaf, intermediate)
			got, err := ask(t, to, c.client)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Complete || got.ALPN != c.protocols[0] || got.Retried != c.retry || got.Version != tls.VersionTLS13 ||
				!slices.EqualFunc(got.Chain, chainOf(leaf, intermediate), slices.Equal) {
				t.Errorf("%+v", got)
			}
		})
	}
}
