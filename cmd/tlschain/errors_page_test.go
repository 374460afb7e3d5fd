package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// An errorRow is a row of docs/errors.md: parts of messages, and the rules that it
// names.
type errorRow struct{ messages, rules []string }

var inBackticks = regexp.MustCompile("`([^`]+)`")

// errorRows reads the page. A row that begins with "the same" has the messages of
// the one above.
func errorRows(t *testing.T) (rows []errorRow) {
	t.Helper()
	texts := func(cell string) (found []string) {
		for _, m := range inBackticks.FindAllStringSubmatch(cell, -1) {
			found = append(found, m[1])
		}
		return found
	}
	for line := range strings.Lines(string(read(t, "../../docs/errors.md"))) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 {
			continue
		}
		row := errorRow{texts(cells[1]), texts(cells[3])}
		if len(row.messages) == 0 && strings.HasPrefix(strings.TrimSpace(cells[1]), "the same") {
			row.messages = rows[len(rows)-1].messages
		}
		rows = append(rows, row)
	}
	return rows
}

// isAbout reports whether a client said one of the row's messages, whose dots stand
// for what differs each time.
func (r errorRow) isAbout(said string) bool {
	return slices.ContainsFunc(r.messages, func(message string) bool {
		for part := range strings.SplitSeq(message, "...") {
			if !strings.Contains(strings.ToLower(said), strings.ToLower(strings.TrimSpace(part))) {
				return false
			}
		}
		return true
	})
}

// Whoever looks up what a real client says of a server with a fault comes to a row
// of docs/errors.md that names the rule by which a scan finds that fault.
func TestErrorsPageKnowsRealMessages(t *testing.T) {
	const node = `require("tls").connect({host:"127.0.0.1",port:$PORT,servername:"$NAME",ca:require("fs").readFileSync("roots.pem")})` +
		`.on("error",e=>console.log(e.code,e.message)).on("secureConnect",()=>process.exit())`
	clients := map[string][]string{
		"openssl":    {"s_client", "-connect", "127.0.0.1:$PORT", "-servername", "$NAME", "-verify_hostname", "$NAME", "-CAfile", "roots.pem"},
		"curl":       {"-sS", "--noproxy", "*", "--resolve", "$NAME:$PORT:127.0.0.1", "--cacert", "roots.pem", "https://$NAME:$PORT/"},
		"gnutls-cli": {"-p", "$PORT", "--sni-hostname=$NAME", "--verify-hostname=$NAME", "--x509cafile", "roots.pem", "127.0.0.1"},
		"node":       {"-e", node},
		"python3": {"-c", "import ssl,socket; ssl.create_default_context(cafile='roots.pem').wrap_socket(" +
			"socket.create_connection(('127.0.0.1',$PORT)),server_hostname='$NAME')"},
	}
	rows := errorRows(t)
	demo, err := tlstest.Demo(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	place(t, dir, "roots.pem", pemOf(demo[0].Anchors...))
	place(t, dir, "pool.pem", pemOf(demo[0].Pool...))
	t.Chdir(dir)
	faulty := map[string]string{} // the arguments that stand for a server, by the rules that a scan finds there
	for _, e := range demo {
		server, err := tlstest.Serve(tlstest.Behaviour{Default: e.Identity})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { server.Close() })
		var out bytes.Buffer
		scan := []string{"scan", e.Name + "@" + server.Addr().String(), "--roots", "roots.pem", "--pool", "pool.pem",
			"--format", "ndjson", "--fields", "target,findings.rule"}
		if run(t.Context(), scan, strings.NewReader(""), &out, io.Discard, os.Getenv) == exitFindings {
			faulty[out.String()] = fmt.Sprintf("%s %d", e.Name, server.Addr().Port())
		}
	}
	if len(faulty) < 5 {
		t.Fatalf("%d servers with errors", len(faulty))
	}
	for program, args := range clients {
		t.Run(program, func(t *testing.T) {
			needs(t, program)
			for found, server := range faulty {
				name, port, _ := strings.Cut(server, " ")
				var typed []string
				for _, arg := range args {
					typed = append(typed, strings.NewReplacer("$NAME", name, "$PORT", port).Replace(arg))
				}
				out, _ := exec.CommandContext(t.Context(), program, typed...).CombinedOutput()
				said := string(out)
				known := slices.ContainsFunc(rows, func(r errorRow) bool {
					return r.isAbout(said) && slices.ContainsFunc(r.rules, func(rule string) bool { return strings.Contains(found, `"`+rule+`"`) })
				})
				if !known {
					t.Errorf("%s: no row of docs/errors.md leads from what it says to %s:\n%s", name, found, said)
				}
			}
		})
	}
}
