package tlstest

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"testing"
)

// OwnHost is an address on loopback that is this process's own, so that no other
// test binary takes a port of it, by TCP or UDP, and no connection that goes out
// from 127.0.0.1. Systems other than Linux have that one address.
func OwnHost() string {
	if runtime.GOOS != "linux" {
		return "127.0.0.1"
	}
	pid := os.Getpid()
	return fmt.Sprintf("127.%d.%d.%d", 64+pid>>16&63, pid>>8&255, pid&255)
}

// ListenBoth listens by TCP and UDP at one port of 127.0.0.1, as name servers do.
// The caller closes both.
func ListenBoth(tb testing.TB) (net.Listener, net.PacketConn) {
	tb.Helper()
	for range 100 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		udp, err := net.ListenPacket("udp", tcp.Addr().String())
		if err == nil {
			return tcp, udp
		}
		tcp.Close() // its port is somebody else's by UDP
	}
	tb.Fatal("no port is free for both")
	return nil, nil
}
