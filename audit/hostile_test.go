package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/rules"
)

// strange are ways to break out of a message.
var strange = []string{
	"\x1b[2J\x1b]0;title\x07", "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\", "a\r\nBcc: everybody@example.com\r\n\r\nbody", "\u202egnp.exe\u2066",
	"zero\u200bwidth", "a\x00b", "\xff\xfe", "\u2028\u2029\u0085", "www.p\u0430ypal.com", "\n.\r\nMAIL FROM:<evil@example.com>", "=?utf-8?q?evil?=",
	"<script>alert(1)</script>", "<!channel> <@U123> <http://evil.example|click>", "@everyone [x](javascript:alert(1))", "{{.}} $(id) `id`",
	strings.Repeat("A", 1<<20), strings.Repeat("x\n", 1<<16),
}

// hostileMessage is what a receiver is told of an audit in which a text stands
// everywhere where somebody else has a say.
func hostileMessage(text string) *message {
	facts := &history.Facts{Status: "ok", Failure: "refused", Worst: 3, Presentation: 3, Rules: "missing-intermediate=error", Refused: "go", Issuer: text, Product: text}
	summary, _ := json.Marshal(Summary{Endpoints: 1, Troubles: []string{text}, SkippedLines: []string{text}})
	a := history.Audit{ID: 7, Group: "web", State: history.Partial, Endpoints: 1, Summary: string(summary)}
	well := *facts
	well.Worst, well.Rules, well.Refused = int(rules.None), "", ""
	var found []history.Change
	for i, pair := range [][2]*history.Facts{{&well, facts}, {facts, &well}, {nil, facts}, {facts, nil}} {
		found = append(found, history.Change{Endpoint: history.Ref{ID: int64(i), Group: "web", Key: text, Identity: "{}"}, Before: pair[0], After: pair[1]})
	}
	warnings := []auditWarning{{Incomplete, "not complete", "Not complete: " + without([]string{text}, nil)[0]}}
	old := standing{history.Current{Endpoint: history.Ref{ID: 9, Group: "web", Key: text, Identity: "{}"}, Facts: *facts}, rules.Error, time.Unix(0, 0)}
	news := &auditNews{changes: Classify(found), warnings: map[string][]auditWarning{"": warnings}, standing: []standing{old}, since: time.Unix(0, 0), at: time.Unix(8*24*3600, 0)}
	r := &Receiver{RemindAfter: Duration(7 * 24 * time.Hour)}
	return r.digest(&Config{Serve: Serve{URL: "https://chains.example"}}, a, news)
}

// What a receiver is told acts nowhere: not in the subject or body of a mail, in a
// chat, or in the JSON of a program or webhook.
func TestHostileMessages(t *testing.T) {
	for _, text := range strange {
		m := hostileMessage(text)
		if m == nil || len(m.Changes) == 0 {
			t.Fatalf("%.50q: nothing is told", text)
		}
		var texts []string
		texts = append(texts, m.Title)
		for line := range strings.Lines(m.Text) {
			texts = append(texts, strings.TrimSuffix(line, "\n"))
		}
		body, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		var anything any
		if err := json.Unmarshal([]byte(body), &anything); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, stringsIn(anything)...)
		for _, line := range texts {
			if at := strings.IndexFunc(strings.ReplaceAll(line, "\n", " "), func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }); at >= 0 {
				t.Errorf("%.50q: %.100q acts", text, line[at:])
			}
		}
		if n := strings.Count(m.Text, "\n"); n > 40 || len(m.Text) > 40_000 || len(m.Title) > 200 || len(body) > 100_000 {
			t.Errorf("%.50q: %d lines, %d and %d bytes, a title of %d", text, n, len(m.Text), len(body), len(m.Title))
		}
	}
}

// stringsIn are all texts of a JSON document but the one for people, which has lines.
func stringsIn(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, e := range v {
			all = append(all, stringsIn(e)...)
		}
	case map[string]any:
		for name, e := range v {
			if name != "text" {
				all = append(all, stringsIn(e)...)
			}
		}
	}
	return all
}

// A mail of hostile names has our headers and no other, and one recipient.
func TestHostileMail(t *testing.T) {
	mails := make(chan string, 1)
	address := mailServer(t, mails)
	for _, text := range strange {
		m := hostileMessage(text)
		err := sendShoutrrr(t.Context(), fmt.Sprintf("smtp://%s/?auth=None&encryption=None&starttls=no&from=a@example.com&to=b@example.com", address), *m)
		if err != nil {
			t.Fatalf("%.50q: %v", text, err)
		}
		transcript := <-mails
		commands, data, _ := strings.Cut(transcript, "DATA\r\n")
		if n := strings.Count(commands, "RCPT TO"); n != 1 || strings.Count(transcript, "DATA\r\n") != 1 {
			t.Errorf("%.50q: %d recipients:\n%.500s", text, n, transcript)
		}
		read, err := mail.ReadMessage(strings.NewReader(data))
		if err != nil {
			t.Fatalf("%.50q: %v\n%.500s", text, err, data)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
		if err != nil || subject != m.Title {
			t.Errorf("%.50q: the subject is %q, %v", text, subject, err)
		}
		for name := range read.Header {
			if name == "Bcc" || name == "Cc" {
				t.Errorf("%.50q: a header %s", text, name)
			}
		}
		body, _ := io.ReadAll(read.Body)
		if bytes.ContainsAny(body, "\x1b\x00\x07") {
			t.Errorf("%.50q: the body acts", text)
		}
	}
}

// mailServer takes every mail and gives what was said in each conversation.
func mailServer(t *testing.T, mails chan<- string) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conversations sync.WaitGroup
	t.Cleanup(func() { listener.Close(); conversations.Wait() })
	conversations.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.SetDeadline(time.Now().Add(time.Minute))
			fmt.Fprint(conn, "220 mail.example\r\n")
			var said strings.Builder
			inData := false
			for lines := bufio.NewReader(conn); ; {
				line, err := lines.ReadString('\n')
				if err != nil {
					break
				}
				said.WriteString(line)
				switch {
				case inData && line == ".\r\n":
					inData = false
					fmt.Fprint(conn, "250 ok\r\n")
				case inData:
				case strings.HasPrefix(line, "DATA"):
					inData = true
					fmt.Fprint(conn, "354 go on\r\n")
				case strings.HasPrefix(line, "QUIT"):
					fmt.Fprint(conn, "221 bye\r\n")
				default:
					fmt.Fprint(conn, "250 ok\r\n")
				}
			}
			conn.Close()
			mails <- said.String()
		}
	})
	return listener.Addr().String()
}
