package audit

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// systemd hears that the program is ready, that it is alive while it is, and
// that it stops.
func TestAnnounce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Skipf("no datagram sockets here: %v", err)
	}
	defer socket.Close()
	hear := func() string {
		b := make([]byte, 100)
		n, err := socket.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		return string(b[:n])
	}
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "300000000")
	t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
	ctx, stop := context.WithCancel(t.Context())
	ticks, reported := make(chan time.Time), make(chan error, 1)
	asked := make(chan time.Duration)
	clock := Clock{After: func(d time.Duration) <-chan time.Time { asked <- d; return ticks }}
	answers := make(chan error)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		Announce(ctx, clock, func() error { return <-answers }, func(err error) { reported <- err })
	}()
	if got := hear(); got != "READY=1" {
		t.Errorf("heard %q first", got)
	}
	answers <- nil
	if got := hear(); got != "WATCHDOG=1" {
		t.Errorf("heard %q from a program that is well", got)
	}
	if d := <-asked; d <= 0 || d > 100*time.Second {
		t.Errorf("a watchdog of 300 s is told every %v", d)
	}
	ticks <- time.Time{}
	answers <- errors.New("not well")
	if err := <-reported; err.Error() != "not well" {
		t.Error(err)
	}
	<-asked
	stop()
	<-ended
	if got := hear(); got != "STOPPING=1" { // and no WATCHDOG=1 before it
		t.Errorf("heard %q at the end", got)
	}
}

func TestAnnounceWithoutSystemd(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	Announce(ctx, Clock{}, func() error { return nil }, func(err error) { t.Error(err) })
}
