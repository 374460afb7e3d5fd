// Tlschain scans live TLS endpoints, judges the certificate chain that each one
// presents, says which clients break because of it, and names what fixes it.
//
// This package is the command line and nothing else: it reads flags and files,
// drives the packages that observe, judge and show, and turns what came of it
// into an exit code. It opens no connection and judges no chain itself.
//
// The exit code is part of the contract; the first that matches wins:
//
//	130  interrupted
//	2    usage or configuration, a failure of the program's own, or no input that could be read
//	1    a finding at or above --fail-on
//	3    some target, line or file could not be judged
//	0    none of these
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/tlschain/tlschain"
)

func main() {
	_ = tlschain.NoCoreFiles() // a process may always lower this limit
	start := func(ctx context.Context, stderr io.Writer) int {
		return run(ctx, os.Args[1:], os.Stdin, os.Stdout, stderr, os.Getenv)
	}
	if code, ok := runAsService(start); ok {
		os.Exit(code)
	}
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		ends = append(ends, syscall.SIGHUP) // the terminal is closed, or the connection to it is lost
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	// The first signal asks for a proper end. After it the default is back, so
	// that a second one ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(start(ctx, os.Stderr))
}
