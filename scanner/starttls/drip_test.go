package starttls

import (
	"context"
	"fmt"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// A server that says a byte a second, in any of the dialects and of whatever kind,
// costs the time that it is given and no more; so does one that hears nothing.
func TestDrips(t *testing.T) {
	const given = 30 * time.Second
	streams := map[string]string{
		"nothing":             "",
		"a digit":             "2",
		"a reply of SMTP":     "220 mx.example ESMTP\r\n",
		"replies without end": "220-more\r\n",
		"untagged answers":    "* OK more\r\n",
		"a greeting of POP3":  "+OK ready\r\n",
		"a line without end":  "x",
		"line ends":           "\r\n",
		"NUL":                 "\x00",
		"a long LDAP message": "\x30\x84\x00\xff\xff\xff",
		"XML without end":     "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='x' version='1.0'>",
		"elements":            "<a>",
		"options of telnet":   "\xff\xfb\x01",
		"MySQL":               "\xff\xff\x00\x00\x0a5.7.0\x00",
		"TPKT":                "\x03\x00\xff\xff\x0e\xd0\x00\x00",
		"TDS":                 "\x04\x01\xff\xff\x00\x00\x01\x00",
		"lines of Sieve":      "\"IMPLEMENTATION\" \"x\"\r\n",
		"IRC":                 ":irc.example NOTICE * :more\r\n",
		"escape sequences":    "\x1b[2J",
	}
	if n := len(Dialects()); n < 16 {
		t.Errorf("%d dialects", n)
	}
	for _, dialect := range Dialects() {
		for name, stream := range streams {
			for _, hears := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s %s %v", dialect, name, hears), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { drip(t, dialect, stream, hears, given) })
				})
			}
		}
	}
}

func drip(t *testing.T, dialect, stream string, hears bool, given time.Duration) {
	client, server := net.Pipe()
	ended := make(chan struct{}, 2)
	go func() {
		defer func() { ended <- struct{}{} }()
		for piece := make([]byte, 1); hears; {
			if _, err := server.Read(piece); err != nil {
				return
			}
		}
	}()
	go func() {
		defer func() { ended <- struct{}{} }()
		for i := 0; stream != ""; i++ {
			at := i % len(stream)
			if _, err := server.Write([]byte(stream[at : at+1])); err != nil {
				return
			}
			time.Sleep(time.Second)
		}
	}()
	ctx, stop := context.WithTimeout(t.Context(), given)
	defer stop()
	began := time.Now()
	err := Upgrade(ctx, client, dialect, "www.example.test")
	if took := time.Since(began); took > given {
		t.Errorf("it takes %v", took)
	}
	if err == nil && (stream == "" || !hears) {
		t.Error("it goes on to TLS")
	}
	client.Close()
	server.Close()
	<-ended
	<-ended
}
