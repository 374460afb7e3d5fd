package scanner

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// relay joins two connections until either ends.
func relay(a, b net.Conn) {
	go func() {
		io.Copy(a, b)
		a.Close()
	}()
	io.Copy(b, a)
	b.Close()
}

// connectProxy is an HTTP proxy that knows one name, asks for a password, and
// tells which hosts it was asked for. early makes it wait for the server's
// first words, so that they come in one piece with its own answer.
func connectProxy(t *testing.T, to netip.AddrPort, asked chan<- string, early bool) *tlstest.Server {
	return tlstest.For(t).Script(func(conn net.Conn) {
		request, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		asked <- request.Method + " " + request.Host
		user, password, _ := (&http.Request{Header: http.Header{"Authorization": request.Header["Proxy-Authorization"]}}).BasicAuth()
		if user != "me" || password != "secret:word" {
			io.WriteString(conn, "HTTP/1.1 407 Who are you?\r\n\r\n")
			return
		}
		if !strings.HasPrefix(request.Host, "www.example.test:") {
			io.WriteString(conn, "HTTP/1.1 502 No such host\r\n\r\n")
			return
		}
		server, err := net.Dial("tcp", to.String())
		if err != nil {
			return
		}
		answer := "HTTP/1.1 200 Go on\r\nVia: x\r\n\r\n"
		if early {
			b := make([]byte, 1000)
			n, _ := server.Read(b)
			answer += string(b[:n])
		}
		io.WriteString(conn, answer)
		relay(conn, server)
	})
}

// socksProxy is a SOCKS5 proxy (RFC 1928, RFC 1929) as far as a test needs it.
func socksProxy(t *testing.T, to netip.AddrPort, asked chan<- string) *tlstest.Server {
	return tlstest.For(t).Script(func(conn net.Conn) {
		read := func(n int) []byte {
			b := make([]byte, n)
			io.ReadFull(conn, b)
			return b
		}
		read(int(read(2)[1]))
		conn.Write([]byte{5, 2}) // user and password
		user := string(read(int(read(2)[1])))
		password := string(read(int(read(1)[0])))
		if user != "me" || password != "secret" {
			conn.Write([]byte{1, 1})
			return
		}
		conn.Write([]byte{1, 0})
		if kind := read(4)[3]; kind != 3 {
			conn.Write([]byte{5, 8, 0, 1, 0, 0, 0, 0, 0, 0})
			return
		}
		asked <- string(read(int(read(1)[0])))
		read(2)
		server, err := net.Dial("tcp", to.String())
		if err != nil {
			conn.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0})
			return
		}
		conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		relay(conn, server)
	})
}

// through is a scanner that goes by way of a proxy, and never resolves.
func through(t *testing.T, proxy string) *Scanner {
	t.Helper()
	p, err := ParseProxy(proxy)
	if err != nil {
		t.Fatal(err)
	}
	return &Scanner{Proxy: p, Lookup: func(context.Context, string, string) ([]netip.Addr, error) {
		t.Error("a name was resolved that the proxy should resolve")
		return nil, errTry
	}}
}

func TestProxyCONNECT(t *testing.T) {
	tb := tlstest.For(t)
	leaf := tb.Leaf("L", nil)
	server := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf)})
	asked := make(chan string, 100)
	proxy := connectProxy(t, server.Addr(), asked, false)
	target := Target{Host: "www.example.test", ServerName: "www.example.test", Port: 443}

	o := one(t, through(t, "http://me:secret%3Aword@"+proxy.Addr().String()), target)
	if !o.Complete || o.Addr.Addr().IsValid() {
		t.Errorf("%+v: %v", o, o.Failure)
	}
	if got := <-asked; got != "CONNECT www.example.test:443" {
		t.Errorf("asked for %q", got)
	}
	for url, says := range map[string]string{
		"http://me:wrong@" + proxy.Addr().String():          "407",
		"http://" + proxy.Addr().String():                   "407",
		"http://me:pass@" + closedPort(t).Addr().String():   "refused",
		"https://me:pass@" + proxy.Addr().String():          "EOF", // it speaks no TLS
		"socks5://me:pass@" + closedPort(t).Addr().String(): "refused",
	} {
		o := one(t, through(t, url), target)
		if o.Failure == nil || o.Failure.Code != Proxy || !strings.Contains(o.Failure.Message, says) || strings.Contains(o.Failure.Message, "pass") {
			t.Errorf("%s: %v", url, o.Failure)
		}
	}
	target.Host = "other.example.test"
	if o := one(t, through(t, "http://me:secret%3Aword@"+proxy.Addr().String()), target); o.Failure == nil || o.Failure.Code != Proxy || !strings.Contains(o.Failure.Message, "502") {
		t.Errorf("a name unknown to the proxy: %v", o.Failure)
	}
}

// What the server says first may come in one piece with the proxy's answer.
func TestProxyServerSpeaksFirst(t *testing.T) {
	tb := tlstest.For(t)
	leaf := tb.Leaf("L", nil)
	server := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf), Preamble: func(conn net.Conn) error {
		in := bufio.NewReader(conn)
		io.WriteString(conn, "220 mx.example.test ESMTP\r\n")
		for _, answer := range []string{"250-mx\r\n250 STARTTLS\r\n", "220 go\r\n"} {
			if _, err := in.ReadString('\n'); err != nil {
				return err
			}
			io.WriteString(conn, answer)
		}
		return nil
	}})
	proxy := connectProxy(t, server.Addr(), make(chan string, 100), true)
	target := Target{Host: "www.example.test", ServerName: "www.example.test", Port: 25, STARTTLS: "smtp"}
	if o := one(t, through(t, "http://me:secret%3Aword@"+proxy.Addr().String()), target); !o.Complete {
		t.Errorf("%v", o.Failure)
	}
}

func TestProxySOCKS(t *testing.T) {
	tb := tlstest.For(t)
	leaf := tb.Leaf("L", nil)
	server := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf)})
	asked := make(chan string, 100)
	proxy := socksProxy(t, server.Addr(), asked)
	target := Target{Host: "www.example.test", ServerName: "www.example.test", Port: 443}
	for _, scheme := range []string{"socks5", "socks5h"} {
		if o := one(t, through(t, scheme+"://me:secret@"+proxy.Addr().String()), target); !o.Complete {
			t.Errorf("%s: %v", scheme, o.Failure)
		}
		if got := <-asked; got != "www.example.test" {
			t.Errorf("asked for %q", got)
		}
	}
	if o := one(t, through(t, "socks5://me:wrong@"+proxy.Addr().String()), target); o.Failure == nil || o.Failure.Code != Proxy {
		t.Errorf("a wrong password: %v", o.Failure)
	}
}

// A proxy that says nothing, or no end of things, holds nobody for longer than
// the timeout.
func TestProxyHostile(t *testing.T) {
	leakless(t)
	endless := tlstest.For(t).Script(func(conn net.Conn) {
		conn.Read(make([]byte, 1000))
		for {
			if _, err := io.WriteString(conn, "X-More: "+strings.Repeat("x", 1000)+"\r\n"); err != nil {
				return
			}
		}
	})
	quiet := silent(t)
	for _, proxy := range []*tlstest.Server{endless, quiet} {
		for _, scheme := range []string{"http", "socks5"} {
			s := through(t, scheme+"://"+proxy.Addr().String())
			if proxy == quiet {
				s.Timeout = 100 * time.Millisecond
			}
			o := one(t, s, Target{Host: "www.example.test", ServerName: "www.example.test", Port: 443})
			want := Proxy
			if proxy == quiet {
				want = Timeout
			}
			if o.Failure == nil || o.Failure.Code != want {
				t.Errorf("%s: %v, want %s", scheme, o.Failure, want)
			}
		}
		proxy.Close()
	}
}

func TestParseProxy(t *testing.T) {
	for _, text := range []string{"proxy.example:3128", "ftp://me:hunter2@proxy.example", "me:hunter2@proxy.example", "http://", "::"} {
		if _, err := ParseProxy(text); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestProxyFromEnvironment(t *testing.T) {
	env := map[string]string{}
	get := func(key string) string { return env[key] }
	if ProxyFromEnvironment(get) != nil {
		t.Error("a proxy from nowhere")
	}
	for _, c := range []struct{ key, value, host, want string }{
		{"https_proxy", "http://a.example:3128", "www.example.test:25", "http://a.example:3128"},
		{"ALL_PROXY", "socks5://b.example", "www.example.test:443", "socks5://b.example"},
		{"HTTPS_PROXY", "http://c.example", "intern.example:443", ""},
		{"HTTPS_PROXY", "http://c.example", "127.0.0.1:443", ""},
	} {
		clear(env)
		env[c.key], env["no_proxy"] = c.value, "intern.example"
		got, err := ProxyFromEnvironment(get)(&url.URL{Scheme: "https", Host: c.host})
		if err != nil || got == nil && c.want != "" || got != nil && got.String() != c.want {
			t.Errorf("%s=%s for %s: %v, %v", c.key, c.value, c.host, got, err)
		}
	}
}
