package quic_test

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"net"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/quic"
	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/wire"
)

// script answers each datagram as say does, until the test ends; heard counts
// the datagrams.
func script(t *testing.T, say func(hello []byte, answer func([]byte))) (net.Addr, *atomic.Int32) {
	t.Helper()
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	var heard atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 1<<16)
		for {
			n, from, err := socket.ReadFromUDPAddrPort(buffer)
			if err != nil {
				return
			}
			heard.Add(1)
			say(buffer[:n], func(b []byte) { socket.WriteToUDPAddrPort(b, from) })
		}
	}()
	t.Cleanup(func() {
		socket.Close()
		<-done
	})
	return socket.LocalAddr(), &heard
}

// ids are the connection IDs of a hello.
func ids(hello []byte) (destination, source []byte) {
	n := int(hello[5])
	destination = hello[6 : 6+n]
	m := int(hello[6+n])
	return destination, hello[7+n : 7+n+m]
}

func negotiate(hello []byte, versions ...uint32) []byte {
	destination, source := ids(hello)
	b := []byte{0x80, 0, 0, 0, 0, byte(len(source))}
	b = append(b, source...)
	b = append(append(b, byte(len(destination))), destination...)
	for _, v := range versions {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

// A peer that breaks the protocol costs no more than the time that there is: the
// context's end stands for it, as soon as the peer has done its worst.
func TestHostile(t *testing.T) {
	for _, c := range []struct {
		name string
		say  func(hello []byte, answer func([]byte))
		want error
		ends bool // by itself, not by the context
	}{
		{name: "silence", say: func([]byte, func([]byte)) {}, want: context.Canceled},
		{name: "echo", say: func(hello []byte, answer func([]byte)) { answer(hello) }, want: context.Canceled},
		{name: "our own version offered", want: context.Canceled,
			say: func(hello []byte, answer func([]byte)) { answer(negotiate(hello, 0x1a2a3a4a, 1)) }},
		{name: "an empty list of versions", want: context.Canceled, say: func(hello []byte, answer func([]byte)) { answer(negotiate(hello)) }},
		{name: "a Retry that is nobody's", want: context.Canceled, say: func(hello []byte, answer func([]byte)) {
			_, source := ids(hello)
			answer(append(append([]byte{0xf0, 0, 0, 0, 1, byte(len(source))}, source...), make([]byte, 60)...))
		}},
		{name: "garbage without end", want: quic.ErrNotQUIC, ends: true, say: func(_ []byte, answer func([]byte)) {
			for range 1 << 14 {
				answer([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
				runtime.Gosched()
			}
		}},
		{name: "amplified garbage", want: quic.ErrNotQUIC, ends: true, say: func(_ []byte, answer func([]byte)) {
			for range 1 << 10 {
				answer(make([]byte, 60_000))
				runtime.Gosched()
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			to, heard := script(t, c.say)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if !c.ends {
				go func() { // the second hello is there: the first answer was waded through
					for heard.Load() < 2 {
						runtime.Gosched()
					}
					cancel()
				}()
			}
			got, err := askWithin(ctx, t, to, nil)
			if !errors.Is(err, c.want) || len(got.Chain) > 0 {
				t.Errorf("%+v: %v", got, err)
			}
			for i := 0; runtime.NumGoroutine() > before+2; i++ { // the peer, and what waits for it
				if i == 1_000_000 {
					t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
				}
				runtime.Gosched()
			}
		})
	}
}

// A server of other versions is told, and asked once.
func TestOtherVersions(t *testing.T) {
	to, heard := script(t, func(hello []byte, answer func([]byte)) { answer(negotiate(hello, 0xff00001d, 0x6b3343cf)) })
	_, err := ask(t, to, nil)
	var version *quic.VersionError
	if !errors.As(err, &version) || len(version.Versions) != 2 || heard.Load() != 1 {
		t.Errorf("%v after %d hellos", err, heard.Load())
	}
}

// The chain is there where the server wants a certificate of the client's, where
// it has no such protocol there is its alert.
func TestServersThatRefuse(t *testing.T) {
	f := tlstest.For(t)
	leaf := f.Leaf("L", nil)
	to := serve(t, false, []string{"smb"}, nil, leaf)
	var alert *wire.Alert
	if _, err := ask(t, to, nil); !errors.As(err, &alert) || alert.Number != 120 {
		t.Errorf("%v", err)
	}
	to = serve(t, false, []string{"h3"}, &tls.Config{ClientAuth: tls.RequireAnyClientCert}, leaf)
	if got, err := ask(t, to, nil); len(got.Chain) != 1 {
		t.Errorf("%+v: %v", got, err)
	}
}

// What crypto/tls refuses is captured as it was sent.
func TestUnparsableLeaf(t *testing.T) {
	f := tlstest.For(t)
	junk := *f.Leaf("L", f.Root("R"))
	junk.DER = junk.DER[:len(junk.DER)-40]
	to := serve(t, false, []string{"h3"}, nil, &junk)
	got, err := ask(t, to, nil)
	if err == nil || got.Complete || len(got.Chain) != 1 || string(got.Chain[0]) != string(junk.DER) {
		t.Errorf("%+v: %v", got, err)
	}
}

// A chain that does not fit three times into a hello comes all the same, and its
// flight is counted.
func TestLongChain(t *testing.T) {
	f := tlstest.For(t)
	intermediate := f.Intermediate("I", f.Root("R"))
	leaf := f.Leaf("L", intermediate)
	certs := []*tlstest.Cert{leaf}
	for range 100 {
		certs = append(certs, intermediate)
	}
	for _, n := range []int{2, len(certs)} {
		to := serve(t, false, []string{"h3"}, nil, certs[:n]...)
		got, err := ask(t, to, nil)
		size := 0
		for _, der := range got.Chain {
			size += len(der)
		}
		if err != nil || len(got.Chain) != n || got.Flight < size || got.Flight > size+size/5+2400 {
			t.Errorf("%d certificates of %d bytes in a flight of %d: %v", len(got.Chain), size, got.Flight, err)
		}
	}
}

// An end comes at once, wherever the handshake is.
func TestCanceled(t *testing.T) {
	to, _ := script(t, func([]byte, func([]byte)) {})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := askWithin(ctx, t, to, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	ctx, cancel = context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	if _, err := askWithin(ctx, t, to, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
