package listener

import (
	"net"
	"net/netip"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// This test's own process began before now and within the life of the machine.
func TestBegan(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells")
	}
	for _, host := range []string{"127.0.0.1:0", "[::1]:0", ":0"} {
		l, err := net.Listen("tcp", host)
		if err != nil {
			if host == "[::1]:0" { // a machine without IPv6
				continue
			}
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).AddrPort().Port()
		address := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)
		if host == "[::1]:0" {
			address = netip.AddrPortFrom(netip.IPv6Loopback(), port)
		}
		began, ok := Began(address, "")
		boot, _ := bootTime()
		if !ok || began.Before(boot) || began.After(time.Now().Add(2*time.Second)) { // both are told in whole seconds
			t.Errorf("%s: %v, %v", host, began, ok)
		}
		l.Close()
		if _, ok := Began(address, ""); ok {
			t.Errorf("%s: somebody listens after the end", host)
		}
	}
}

// Of a server that has its files read by another process, this one's age counts.
func TestReader(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if runtime.GOOS != "linux" || err != nil {
		t.Skip("only Linux tells, and of a program sleep here")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	address := l.Addr().(*net.TCPAddr).AddrPort()
	if _, ok := Began(address, "sleep"); ok {
		t.Error("a reader is found that nobody has begun")
	}
	reader := exec.Command(sleep, "600")
	if err := reader.Start(); err != nil {
		t.Fatal(err)
	}
	defer reader.Wait()
	defer reader.Process.Kill()
	began, ok := Began(address, "sleep")
	if own, _ := Began(address, ""); !ok || began.Before(own) {
		t.Errorf("it began %v, %v; the process that listens %v", began, ok, own)
	}
}

func TestForeignText(t *testing.T) {
	address := netip.MustParseAddrPort("127.0.0.1:443")
	for _, line := range []string{"", "\n", "0: zz:01BB 0:0 0A 0 0 0 0 0 7", "0: 0100007F 0:0 0A 0 0 0 0 0 7", "0: 00:01BB 0:0 0A 0 0 0 0 0 7",
		"0: 0100007F:01BB 0:0 01 0 0 0 0 0 7", "0: 0200007F:01BB 0:0 0A 0 0 0 0 0 7"} {
		if got := listening([]byte(line), address); got != nil {
			t.Errorf("%q: %q", line, got)
		}
	}
	for _, stat := range []string{"", ")", "1 (a) b) S 1 2", "1 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x"} {
		if _, ok := startOf([]byte(stat)); ok {
			t.Errorf("%q is taken for a stat", stat)
		}
	}
	if after, ok := startOf([]byte("1 (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 250 20")); !ok || after != 2500*time.Millisecond {
		t.Errorf("%v, %v", after, ok)
	}
}
