package main

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// acceptors returns the processes that may accept a connection at an address
// of IPv4 now: those that have its listening socket open (proc(5)). A server
// that reloads has old and new ones for a while, and each of them may answer.
func acceptors(t *testing.T, address string) (pids []int) {
	t.Helper()
	sockets := listeningSockets(t, address)
	links, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		open, err := os.Readlink(link) // fails for a process that ended meanwhile
		if err != nil || !slices.Contains(sockets, open) {
			continue
		}
		pid, err := strconv.Atoi(strings.Split(link, "/")[2])
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(pids, pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// listeningSockets names the sockets that listen at an address, as links in
// /proc name them.
func listeningSockets(t *testing.T, address string) (sockets []string) {
	t.Helper()
	const listen = "0A" // TCP_LISTEN
	at := netip.MustParseAddrPort(address)
	ip := at.Addr().As4()
	slices.Reverse(ip[:]) // the kernel prints an address as the number that it is on a little-endian machine
	local := fmt.Sprintf("%s:%04X", strings.ToUpper(hex.EncodeToString(ip[:])), at.Port())
	for line := range strings.Lines(string(read(t, "/proc/net/tcp"))) {
		if f := strings.Fields(line); len(f) > 9 && f[1] == local && f[3] == listen {
			sockets = append(sockets, "socket:["+f[9]+"]")
		}
	}
	return sockets
}

func TestAcceptors(t *testing.T) {
	l, err := net.Listen("tcp4", freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := acceptors(t, l.Addr().String()); !slices.Equal(got, []int{os.Getpid()}) {
		t.Errorf("while it listens: %v, want this process, %d", got, os.Getpid())
	}
	l.Close()
	if got := acceptors(t, l.Addr().String()); len(got) != 0 {
		t.Errorf("when it is closed: %v", got)
	}
}
