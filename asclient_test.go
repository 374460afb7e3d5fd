package tlschain

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A client's file is held against the CAs that a live server names, or those of
// a file.
func TestAsClient(t *testing.T) {
	tb := tlstest.For(t)
	root, other := tb.Root("R"), tb.Root("O")
	intermediate := tb.Intermediate("I", root)
	leaf := tb.Leaf("client", intermediate, func(c *tlstest.Template) { c.ExtKeyUsage = nil })
	dir := t.TempDir()
	file := func(name string, certs ...*tlstest.Cert) string {
		var text bytes.Buffer
		for _, c := range certs {
			text.Write(c.PEM())
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	naming := func(cas ...*tlstest.Cert) string {
		return tb.Serve(tlstest.Behaviour{Default: tlstest.Present(tb.Leaf("L", nil)), ClientAuth: true, ClientCA: cas}).Addr().String()
	}
	bare, whole := file("bare.pem", leaf), file("whole.pem", leaf, intermediate)
	for name, c := range map[string]struct {
		shown    string
		pool     []string
		server   ServerInfo
		rules    string
		accepted int // by how many servers
		judged   int
	}{
		"file":                      {whole, nil, ServerInfo{ClientCA: file("r.pem", root)}, "client-rejects", 4, 5},
		"one server":                {whole, nil, ServerInfo{ClientCA: file("r2.pem", root), Servers: []string{"nginx"}}, "", 1, 1},
		"intermediate not sent":     {bare, []string{file("i.pem", intermediate)}, ServerInfo{ClientCA: file("r3.pem", root)}, "client-chain-incomplete", 0, 5},
		"live, root at hand":        {whole, []string{file("r4.pem", root)}, ServerInfo{Server: naming(other, root)}, "client-rejects", 4, 5},
		"live, root not at hand":    {whole, nil, ServerInfo{Server: naming(other, root)}, "", 0, 0},
		"live, intermediate named":  {bare, nil, ServerInfo{Server: naming(intermediate)}, "", 0, 0},
		"live, another root":        {whole, []string{file("r5.pem", root)}, ServerInfo{Server: naming(other)}, "client-ca-unlisted", 0, 0},
		"live, any":                 {whole, []string{file("r6.pem", root)}, ServerInfo{Server: naming()}, "client-rejects", 4, 5},
		"nothing known of a server": {whole, nil, ServerInfo{}, "", 0, 0},
	} {
		e, err := New(Config{Pool: c.pool, At: tlstest.Now()}, Env{})
		if err != nil {
			t.Fatal(err)
		}
		check, err := e.AsClient(t.Context(), c.server)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		presented, err := e.Read(File{Name: c.shown})
		if err != nil {
			t.Fatal(err)
		}
		got := check.Check(t.Context(), presented[0])
		accepted := len(slices.DeleteFunc(slices.Clone(got.Clients), func(v reports.Client) bool { return !v.Accepted }))
		if rules := ruleNames(&got); rules != c.rules || accepted != c.accepted || len(got.Clients) != c.judged {
			t.Errorf("%s: %q, %d of %d accept; want %q, %d of %d", name, rules, accepted, len(got.Clients), c.rules, c.accepted, c.judged)
		}
	}
	e, err := New(Config{}, Env{})
	if err != nil {
		t.Fatal(err)
	}
	silent := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf)}).Addr().String()
	if _, err := e.AsClient(t.Context(), ServerInfo{Server: silent}); err == nil || !strings.Contains(err.Error(), "asks for no client certificate") {
		t.Errorf("a server that does not ask: %v", err)
	}
}

func ruleNames(e *reports.Endpoint) string {
	var names []string
	for _, f := range e.Findings {
		names = append(names, f.Rule)
	}
	return strings.Join(names, " ")
}
