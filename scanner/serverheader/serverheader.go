// Package serverheader asks a web server which software it is: one HEAD request
// over TLS, and the Server header of the answer. It verifies nothing, since the
// servers that it is for have broken chains, and it sends nothing but the name
// of the host. What it returns is a stranger's text.
package serverheader

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"
)

const (
	limit   = 16 << 10        // bytes of an answer that are read
	maxTime = 5 * time.Second // for all of it
)

// Server gives the Server header of what listens at addr, asked for host. The
// error says how far it came; empty means that the server does not say.
func Server(ctx context.Context, addr netip.AddrPort, host string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	suites := tls.CipherSuites()
	suites = append(suites, tls.InsecureCipherSuites()...)
	config := &tls.Config{InsecureSkipVerify: true, ServerName: host, MinVersion: tls.VersionTLS10}
	for _, s := range suites {
		config.CipherSuites = append(config.CipherSuites, s.ID)
	}
	if net.ParseIP(host) != nil {
		config.ServerName = "" // RFC 6066 section 3: no addresses
	}
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", addr.String())
	if err != nil {
		return "", fmt.Errorf("asking the server what it is: %w", err)
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, "https://placeholder/", nil)
	if err != nil {
		return "", fmt.Errorf("asking the server what it is: %w", err)
	}
	request.Host, request.Close = host, true
	request.Header.Set("User-Agent", "tlschain")
	if err := request.Write(conn); err != nil {
		return "", fmt.Errorf("asking the server what it is: %w", err)
	}
	answer := bufio.NewReader(io.LimitReader(conn, limit))
	response, err := http.ReadResponse(answer, request)
	for err == nil && response.StatusCode < http.StatusOK { // RFC 9110 section 15.2: the answer follows
		response, err = http.ReadResponse(answer, request)
	}
	if err != nil {
		return "", fmt.Errorf("asking the server what it is: %w", err)
	}
	response.Body.Close()
	return response.Header.Get("Server"), nil
}
