package wire

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// The tape of a handshake that worked has what crypto/tls saw.
func TestTapeAgreesWithTLS(t *testing.T) {
	make := tlstest.For(t)
	root := make.Root("R")
	id := tlstest.Present(make.Leaf("L", root), root)
	id.Staple = []byte("a staple")
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
		server := make.Serve(tlstest.Behaviour{Default: id, MinVersion: version, MaxVersion: version})
		conn, err := net.Dial("tcp", server.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		tape := NewTape(conn, nil)
		client := tls.Client(tape, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, KeyLogWriter: tape.KeyLog()})
		if err := client.Handshake(); err != nil {
			t.Fatal(err)
		}
		p, err := tape.Presented()
		state := client.ConnectionState()
		if err != nil || p.Version != state.Version || p.Cipher != state.CipherSuite || string(p.Staple) != "a staple" {
			t.Errorf("%x: %v, version %x, cipher %x, staple %q", version, err, p.Version, p.Cipher, p.Staple)
		}
		if !slices.EqualFunc(p.Chain, id.Entries, bytes.Equal) {
			t.Errorf("%x: another chain than was sent", version)
		}
		tape.Stop()
		if _, err := tape.Presented(); err == nil {
			t.Error("a tape that was stopped still plays")
		}
		if _, err := client.Write([]byte("the connection lives on")); err != nil {
			t.Error(err)
		}
	}
}

func TestTapeIsBounded(t *testing.T) {
	ours, theirs := net.Pipe()
	defer ours.Close()
	go func() {
		defer theirs.Close()
		for b := bytes.Repeat([]byte{1}, 1<<16); ; {
			if _, err := theirs.Write(b); err != nil {
				return
			}
		}
	}()
	tape := NewTape(ours, new(Pool))
	defer tape.Stop()
	n, err := io.Copy(io.Discard, tape)
	if !errors.Is(err, ErrTooLarge) || n > maxFlight+1<<16 {
		t.Errorf("%v after %d bytes", err, n)
	}
}

func TestTapeSilent(t *testing.T) {
	ours, theirs := net.Pipe()
	tape := NewTape(ours, new(Pool))
	defer tape.Stop()
	theirs.Close()
	if _, err := tape.Read(make([]byte, 1)); err != io.EOF || !tape.Silent() {
		t.Errorf("%v, silent %v", err, tape.Silent())
	}
	if _, err := tape.Presented(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v", err)
	}
}
