package starttls

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A talk is a conversation as the server sees it: lines that begin with > are
// sent, lines that begin with < are what must come in. After a talk that ends
// well the server shakes hands over TLS, which proves that not a byte was
// taken from it.
type talk struct {
	name  string
	lines []string
	kind  Kind   // of the failure; empty: it comes to TLS
	want  string // a part of the failure's words
}

// endless is a server that never stops saying the same; most such failures are
// TooLong.
type endless struct {
	text string
	kind Kind
}

// try holds each conversation twice: as it is, and byte by byte.
func try(t *testing.T, dialect string, talks []talk, floods ...endless) {
	mk := tlstest.For(t)
	leaf := mk.Leaf("L", nil)
	identity := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.DER}, PrivateKey: leaf.Key.Signer}}}
	for _, talk := range talks {
		for _, chunk := range []int{1 << 20, 1} {
			if talk.kind == Injected && chunk == 1 {
				continue // then the handshake fails on what was injected
			}
			t.Run(fmt.Sprintf("%s by %d", talk.name, chunk), func(t *testing.T) {
				heard := make(chan error, 1)
				s := mk.Script(func(conn net.Conn) { heard <- play(conn, talk, chunk, identity) })
				err := upgrade(t, s, dialect)
				if wrong := <-heard; wrong != nil {
					t.Errorf("the server: %v (the client: %v)", wrong, err)
				}
				judge(t, err, talk.kind, talk.want)
			})
		}
	}
	for _, flood := range floods {
		t.Run("endless", func(t *testing.T) {
			s := mk.Script(func(conn net.Conn) {
				for text := []byte(strings.Repeat(flood.text, 1000)); ; {
					if _, err := conn.Write(text); err != nil {
						return
					}
				}
			})
			judge(t, upgrade(t, s, dialect), flood.kind, "")
		})
	}
}

func judge(t *testing.T, err error, kind Kind, want string) {
	t.Helper()
	var failure *Error
	switch {
	case kind == "" && err != nil:
		t.Error(err)
	case kind == "":
	case !errors.As(err, &failure):
		t.Errorf("%v is no failure of the kind %q", err, kind)
	case failure.Kind != kind || !strings.Contains(err.Error(), want):
		t.Errorf("%q (%s), want %q (%s)", err, failure.Kind, want, kind)
	}
}

// play is the server's part.
func play(conn net.Conn, talk talk, chunk int, identity *tls.Config) error {
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	for _, line := range talk.lines {
		text := []byte(line[1:])
		if line[0] == '<' {
			got := make([]byte, len(text))
			if n, err := io.ReadFull(conn, got); err != nil || string(got) != string(text) {
				return fmt.Errorf("want %q, got %q (%v)", text, got[:n], err)
			}
			continue
		}
		for len(text) > 0 {
			n := min(chunk, len(text))
			if _, err := conn.Write(text[:n]); err != nil {
				if talk.kind != "" {
					return nil // the client has heard enough
				}
				return err
			}
			text = text[n:]
		}
	}
	if talk.kind == "" {
		return tls.Server(conn, identity).Handshake()
	}
	rest, _ := io.ReadAll(conn) // a reset is as good as an end here
	if len(rest) > 0 {
		return fmt.Errorf("unexpected: %q", rest)
	}
	return nil
}

// upgrade is the client's part; it ends with the handshake.
func upgrade(t *testing.T, s *tlstest.Server, dialect string) error {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	if err := Upgrade(context.Background(), conn, dialect, "chat.example.test"); err != nil {
		return err
	}
	return tls.Client(conn, &tls.Config{InsecureSkipVerify: true}).Handshake()
}
