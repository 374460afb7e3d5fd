package scanner

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A connection that is never made ends with the attempt's time, and with the scan.
func TestConnectingEnds(t *testing.T) {
	full := listenFull(t)
	target := Target{Text: full.String(), Host: full.Addr().String(), Addr: full.Addr(), Port: full.Port()}

	o := one(t, &Scanner{Timeout: 50 * time.Millisecond, Fast: true}, target)
	if o.Failure == nil || o.Failure.Code != Timeout {
		t.Errorf("its time is over: %+v, want a timeout", o.Failure)
	}

	before := connecting(t, full)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for connecting(t, full) == before && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	s := Scanner{Timeout: time.Hour, Fast: true}
	for all := range s.Scan(ctx, slices.Values([]Target{target})) {
		if f := all[0].Failure; f == nil || f.Code != Canceled {
			t.Errorf("the scan has ended: %+v, want that it was canceled", f)
		}
	}
}

// listenFull listens where no connection is taken, since as many as may wait do so.
func listenFull(t *testing.T) netip.AddrPort {
	t.Helper()
	l := newSocket(t)
	loopback := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	if err := unix.Bind(l, loopback); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(l, 0); err != nil {
		t.Fatal(err)
	}
	bound, err := unix.Getsockname(l)
	if err != nil {
		t.Fatal(err)
	}
	loopback.Port = bound.(*unix.SockaddrInet4).Port
	at := netip.AddrPortFrom(netip.AddrFrom4(loopback.Addr), uint16(loopback.Port))
	for connecting(t, at) == 0 {
		if err := unix.Connect(newSocket(t), loopback); err != nil && err != unix.EINPROGRESS {
			t.Fatal(err)
		}
	}
	return at
}

func newSocket(t *testing.T) int {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

// connecting is how many connections to addr have sent SYN and heard nothing.
func connecting(t *testing.T, addr netip.AddrPort) int {
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Error(err)
		return 0
	}
	ip := addr.Addr().As4()
	return bytes.Count(table, fmt.Appendf(nil, " %02X%02X%02X%02X:%04X 02 ", ip[3], ip[2], ip[1], ip[0], addr.Port()))
}
