package main

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A mailSink takes every mail.
type mailSink struct{ inbox }

func (m *mailSink) listen(t *testing.T) string {
	t.Helper()
	server, err := tlstest.Script("", func(conn net.Conn) {
		conn.SetDeadline(time.Now().Add(time.Minute))
		fmt.Fprint(conn, "220 sink\r\n")
		var body strings.Builder
		inBody := false
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			switch line := lines.Text(); {
			case inBody && line == ".":
				inBody = false
				m.mu.Lock()
				m.list = append(m.list, body.String())
				m.mu.Unlock()
				fmt.Fprint(conn, "250 ok\r\n")
			case inBody:
				body.WriteString(strings.TrimPrefix(line, ".") + "\n")
			case line == "DATA":
				inBody = true
				fmt.Fprint(conn, "354 go on\r\n")
			case line == "QUIT":
				fmt.Fprint(conn, "221 bye\r\n")
			default:
				fmt.Fprint(conn, "250 ok\r\n")
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server.Addr().String()
}

// texts are the parts of mails as people see them.
func (m *mailSink) texts(t *testing.T) func() []string {
	return func() (texts []string) {
		for _, text := range m.all() {
			read, err := mail.ReadMessage(strings.NewReader(text))
			if err != nil {
				t.Fatalf("%v in %s", err, text)
			}
			kind, params, err := mime.ParseMediaType(read.Header.Get("Content-Type"))
			if err != nil || read.Header.Get("Content-Transfer-Encoding") != "" {
				t.Fatalf("%v in %s", err, text)
			}
			if kind == "text/plain" {
				body, _ := io.ReadAll(read.Body)
				texts = append(texts, string(body))
				continue
			}
			for parts := multipart.NewReader(read.Body, params["boundary"]); ; {
				part, err := parts.NextPart()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%v in %s", err, text)
				}
				body, _ := io.ReadAll(part) // it decodes quoted-printable
				shown := string(body)
				if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
					shown = html.UnescapeString(strings.NewReplacer("<pre>", "", "</pre>", "").Replace(shown))
				}
				texts = append(texts, shown)
			}
		}
		return texts
	}
}
