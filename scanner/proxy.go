package scanner

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/proxy"
)

// ParseProxy reads a proxy's URL: http, https, socks5 or socks5h, with or
// without user:password@. The result goes into [Scanner.Proxy].
func ParseProxy(text string) (func(*url.URL) (*url.URL, error), error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("the proxy is no URL: type http://proxy.example:3128 or socks5://user:password@proxy.example:1080")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return func(*url.URL) (*url.URL, error) { return u, nil }, nil
	}
	return nil, fmt.Errorf("a proxy does not speak %q: type http://, https://, socks5:// or socks5h://%s", u.Scheme, u.Host)
}

// ProxyFromEnvironment follows HTTPS_PROXY, or else ALL_PROXY, and NO_PROXY, in
// capitals or not, as other programs do. Loopback never goes through them.
func ProxyFromEnvironment(getenv func(string) string) func(*url.URL) (*url.URL, error) {
	either := func(upper, lower string) string {
		if v := getenv(upper); v != "" {
			return v
		}
		return getenv(lower)
	}
	config := httpproxy.Config{HTTPSProxy: either("HTTPS_PROXY", "https_proxy"), NoProxy: either("NO_PROXY", "no_proxy")}
	if config.HTTPSProxy == "" {
		config.HTTPSProxy = either("ALL_PROXY", "all_proxy")
	}
	if config.HTTPSProxy == "" {
		return nil
	}
	return config.ProxyFunc()
}

// proxyFor returns the proxy on the way to a target; nil if there is none.
func (r *run) proxyFor(target Target) (*url.URL, error) {
	if r.Proxy == nil || r.Dial != nil {
		return nil, nil
	}
	return r.Proxy(&url.URL{Scheme: "https", Host: hostPort(target.Host, target.Port)})
}

func (r *run) proxied(target Target) bool {
	u, err := r.proxyFor(target)
	return u != nil || err != nil // an error comes up again, and is told, at the dial
}

func hostPort(host string, port uint16) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// dialProxy connects through a proxy, to the address if there is one and else
// by name. Errors do not show the proxy's password.
func (r *run) dialProxy(ctx context.Context, through *url.URL, target Target, addr netip.AddrPort) (net.Conn, error) {
	to := hostPort(target.Host, target.Port)
	if addr.Addr().IsValid() {
		to = addr.String()
	}
	var conn net.Conn
	var err error
	switch through.Scheme {
	case "http", "https":
		conn, err = r.dialHTTPProxy(ctx, through, to)
	default:
		conn, err = r.dialSOCKS(ctx, through, to)
	}
	if err != nil && ctx.Err() == nil && !isTimeout(err) {
		return nil, &proxyError{fmt.Errorf("proxy %s: %w", through.Host, err)}
	}
	return conn, err
}

// A proxyError is a proxy's failure, or its word on the target's.
type proxyError struct{ err error }

func (e *proxyError) Error() string { return e.err.Error() }
func (e *proxyError) Unwrap() error { return e.err }

func (r *run) dialSOCKS(ctx context.Context, through *url.URL, to string) (net.Conn, error) {
	var auth *proxy.Auth
	if through.User != nil {
		password, _ := through.User.Password()
		auth = &proxy.Auth{User: through.User.Username(), Password: password}
	}
	dialer, err := proxy.SOCKS5("tcp", withPort(through, "1080"), auth, &r.dialer)
	if err != nil {
		return nil, err
	}
	return dialer.(proxy.ContextDialer).DialContext(ctx, "tcp", to)
}

func withPort(u *url.URL, port string) string {
	if u.Port() != "" {
		port = u.Port()
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// maxProxyAnswer bounds the head of a proxy's answer, as net/http's clients do
// with far more.
const maxProxyAnswer = 16 << 10

func (r *run) dialHTTPProxy(ctx context.Context, through *url.URL, to string) (_ net.Conn, err error) {
	port := map[string]string{"http": "80", "https": "443"}[through.Scheme]
	conn, err := r.dialer.DialContext(ctx, "tcp", withPort(through, port))
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer func() {
		if !stop() && err == nil {
			err = ctx.Err()
		}
		if err != nil {
			conn.Close()
		}
	}()
	if through.Scheme == "https" { // this one certificate is checked
		secure := tls.Client(conn, &tls.Config{ServerName: through.Hostname()})
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = secure
	}
	var request bytes.Buffer
	fmt.Fprintf(&request, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", to, to)
	if through.User != nil {
		password, _ := through.User.Password()
		credentials := base64.StdEncoding.EncodeToString([]byte(through.User.Username() + ":" + password))
		fmt.Fprintf(&request, "Proxy-Authorization: Basic %s\r\n", credentials)
	}
	request.WriteString("\r\n")
	if _, err := conn.Write(request.Bytes()); err != nil {
		return nil, err
	}
	answer := bufio.NewReaderSize(io.LimitReader(conn, maxProxyAnswer), maxProxyAnswer)
	response, err := http.ReadResponse(answer, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return nil, fmt.Errorf("reading its answer: %w", err)
	}
	if response.StatusCode/100 != 2 {
		return nil, errors.New("it refused: " + response.Status)
	}
	// A server that speaks first may have done so right behind the answer.
	early, _ := answer.Peek(answer.Buffered())
	return &tunnel{conn, early}, nil
}

// A tunnel is a connection of which some bytes have been read already.
type tunnel struct {
	net.Conn
	early []byte
}

func (t *tunnel) Read(b []byte) (int, error) {
	if len(t.early) > 0 {
		n := copy(b, t.early)
		t.early = t.early[n:]
		return n, nil
	}
	return t.Conn.Read(b)
}
