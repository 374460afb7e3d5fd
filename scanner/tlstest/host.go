package tlstest

import (
	"fmt"
	"os"
	"runtime"
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
