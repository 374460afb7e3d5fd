//go:build unix

package main

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// floor walks the targets with a capture that does nothing else.
func floor(o options, capture func(addr string, timeout time.Duration) error) error {
	todo := make(chan int)
	var failed atomic.Int64
	var workers sync.WaitGroup
	for range o.concurrency {
		workers.Go(func() {
			for i := range todo {
				if capture(net.JoinHostPort(address(i), o.port), o.timeout) != nil {
					failed.Add(1)
				}
			}
		})
	}
	for i := range o.targets {
		todo <- i
	}
	close(todo)
	workers.Wait()
	if n := failed.Load(); n > 0 {
		fmt.Fprintf(os.Stderr, "%d of %d captures failed\n", n, o.targets)
	}
	return nil
}

var floorConfig = &tls.Config{InsecureSkipVerify: true, CurvePreferences: []tls.CurveID{tls.CurveP256}, SessionTicketsDisabled: true}

// completeHandshake is the least that a complete handshake costs with
// crypto/tls: a P-256 key share, nothing verified.
func completeHandshake(addr string, timeout time.Duration) error {
	conn, err := net.DialTimeout("tcp", addr, timeout)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(timeout))
	return tls.Client(conn, floorConfig).Handshake()
}

// hello is one ClientHello for TLS 1.2 (RFC 5246 section 7.4.1.2): two suites,
// three curves, the signature algorithms of ECDSA and RSA.
var hello = func() []byte {
	body := []byte{3, 3}
	body = append(body, make([]byte, 32)...) // random: nobody looks
	body = append(body, 0)                   // no session
	body = append(body, 0, 4, 0xc0, 0x2b, 0xc0, 0x2f)
	body = append(body, 1, 0) // no compression
	extensions := []byte{
		0, 10, 0, 8, 0, 6, 0, 23, 0, 29, 0, 24, // supported_groups
		0, 11, 0, 2, 1, 0, // ec_point_formats
		0, 13, 0, 10, 0, 8, 4, 3, 8, 4, 4, 1, 2, 1, // signature_algorithms
	}
	body = binary.BigEndian.AppendUint16(body, uint16(len(extensions)))
	body = append(body, extensions...)
	message := append([]byte{1, 0, byte(len(body) >> 8), byte(len(body))}, body...)
	return append([]byte{22, 3, 1, byte(len(message) >> 8), byte(len(message))}, message...)
}()

// bareHello is the least that seeing a chain costs: one ClientHello, then
// reading until the Certificate message has ended.
func bareHello(addr string, timeout time.Duration) error {
	conn, err := net.DialTimeout("tcp", addr, timeout)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(timeout))
	if _, err := conn.Write(hello); err != nil {
		return err
	}
	buf := make([]byte, 8192)
	var messages []byte
	filled := 0
	for filled < len(buf) {
		n, err := conn.Read(buf[filled:])
		if err != nil {
			return err
		}
		filled += n
		messages = messages[:0]
		for rest := buf[:filled]; len(rest) >= 5 && rest[0] == 22; {
			size := 5 + int(binary.BigEndian.Uint16(rest[3:]))
			if size > len(rest) {
				break
			}
			messages = append(messages, rest[5:size]...)
			rest = rest[size:]
		}
		for m := messages; len(m) >= 4; {
			size := 4 + (int(m[1])<<16 | int(m[2])<<8 | int(m[3]))
			if size > len(m) {
				break
			}
			if m[0] == 11 {
				return nil
			}
			m = m[size:]
		}
	}
	return io.ErrShortBuffer
}
