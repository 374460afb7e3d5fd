package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"golang.org/x/net/html"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/revocation"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlsa"
	"github.com/tlschain/tlschain/scanner/wire"
)

// A hostile observation and verdict carry the same bytes in every text that a
// server or a certificate has a say in.
func hostileEndpoint(text string) Endpoint {
	o := &scanner.Observation{
		Target: scanner.Target{
			Text: text, Host: "host.example.com", Port: 443, ServerName: text, List: text, Line: 7, STARTTLS: text,
			Tags: map[string]string{text: text, "team": text},
		},
		Failure: &scanner.Failure{Code: scanner.Handshake, Message: text},
		ALPN:    text,
		Request: &wire.Request{Authorities: [][]byte{[]byte(text)}},
	}
	return NewEndpoint(o, o.Target.Text, hostileVerdict(text))
}

func hostileVerdict(text string) *rules.Verdict {
	name := cert.Name{Text: "CN=" + text, Canon: "x", Common: text}
	evil := &cert.Certificate{
		Subject: name, Issuer: name, Serial: []byte(text), Raw: []byte(text), SHA256: cert.Hash{1}, Key: cert.Key{Kind: cert.KeyKind(text)},
		SignatureAlg: cert.SignatureAlg{Name: text}, CAIssuers: []string{"http://" + text}, DNSNames: []string{text},
	}
	other := *evil
	other.SHA256 = cert.Hash{2}
	return &rules.Verdict{
		Presentation: rules.Presentation{
			Entries:    []chain.Entry{{Raw: evil.Raw, SHA256: evil.SHA256, Cert: evil}, {Raw: []byte(text)}},
			DANE:       &tlsa.Answer{Name: text, Resolver: text, Failure: text},
			Revocation: []rules.RevocationAnswer{{Answer: revocation.Answer{Source: "crl", URL: text, Status: "unknown", Reason: text, Fault: text}}},
		},
		Roles:   []chain.Role{chain.Leaf, chain.Unparsable},
		Product: text, State: rules.Error, Bundle: &cert.Hash{3}, Fix: []*cert.Certificate{&other},
		Staple:  &rules.Staple{Status: "good", Fault: text},
		Missing: []rules.CertRef{{Cert: &other, Name: name, Source: text}},
		Findings: []rules.Finding{
			{Rule: "missing-intermediate", Severity: rules.Error, Positions: []int{0}, Message: text, Fix: text, Clients: []string{"go"}},
			{Rule: "root-in-chain", Severity: rules.Info, Message: text, Waiver: &rules.Waiver{Reason: text, Owner: text, Ticket: text}},
		},
		Clients: []client.Verdict{
			{Client: "go", Reason: text, Path: []*cert.Certificate{evil}},
			{Client: "curl", Accepted: true, By: client.AIA, Reason: text, Path: []*cert.Certificate{evil, &other}},
		},
	}
}

// writeHostile writes a report of that one endpoint.
func writeHostile(t testing.TB, format, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := New(format, &b, Options{Width: widthOf(format)})
	if err != nil {
		t.Fatal(err)
	}
	e := hostileEndpoint(text)
	var tally Tally
	tally.Add(&e)
	if err := errors.Join(w.Begin(exampleHeader()), w.Endpoint(&e), w.End(tally.Summary(false))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// nasty are the usual ways to break out of a format.
func nasty() []string {
	return []string{
		"\x1b[2J\x1b]0;title\x07\u009b31m", "a\nb\r\nc\td", "\u202egnp.exe\u2066", "a\x00b", "<script>alert(1)</script>", "</script><script>alert(1)//",
		"</style><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "javascript:alert(1)", "=cmd()|' /C calc'!A0", "+1", "@SUM(A1)",
		"]]>", "--><!--", "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\", "zero\u200bwidth", "=1+1", "\n::error::evil", "%0A::set-output name=x::y",
		"| days_left=999", "\nOK: fine", "&lt;b&gt;&#x3c;", "\xff\xfe\xc3\x28", strings.Repeat("A", 1<<20), strings.Repeat("\u0335", 1000), "{{.}}", "`$(id)`", "a|b\\|c", "\\", "\\\"", "\\u0022",
		"# HELP x\nx 1", "\"} 1\nevil{x=\"", "証明書 \u3000", "[x](javascript:alert(1))", "![](http://x)", "]; evil [label=\"", "\ufeff\ufffe\uffff", "\u2028\u2029",
	}
}

func TestHostileText(t *testing.T) {
	narrow(t)
	for _, text := range nasty() {
		for _, format := range Formats() {
			check(t, format, text)
		}
	}
}

// FuzzFormats holds that no bytes break any format.
func FuzzFormats(f *testing.F) {
	for _, text := range nasty() {
		if len(text) < 5000 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range Formats() {
			check(t, format, text)
		}
	})
}

// check writes the text in a format and asks the format's own reader.
func check(t testing.TB, format, text string) {
	t.Helper()
	out := writeHostile(t, format, text)
	err := valid(format, out)
	switch format {
	case "csv":
		rows, _ := csv.NewReader(bytes.NewReader(out)).ReadAll()
		if len(rows) != 2 {
			err = errors.Join(err, errors.New("not two rows"))
		}
		for _, row := range rows {
			for _, cell := range row {
				_, notNumber := strconv.Atoi(cell)
				if notNumber != nil && cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
					err = errors.Join(err, fmt.Errorf("a formula: %.100q", cell))
				}
			}
		}
	case "html":
		err = onlyOurs(out)
	}
	if format != "html" { // its own reader has looked at it
		checkTerminal(t, readable(format, out))
	}
	err = errors.Join(err, sameLines(t, format, out, text))
	if err != nil {
		t.Errorf("%s of %.200q: %v", format, text, err)
	}
}

// valid has a reader of the format read a report.
func valid(format string, out []byte) (err error) {
	switch format {
	case "json", "sarif", "gitlab", "cyclonedx":
		if !json.Valid(out) {
			err = errors.New("no JSON")
		}
	case "ndjson":
		for line := range bytes.Lines(out) {
			if !json.Valid(line) {
				err = fmt.Errorf("no JSON: %s", line)
			}
		}
	case "junit":
		for d := xml.NewDecoder(bytes.NewReader(out)); err == nil; {
			_, err = d.Token()
		}
		if err == io.EOF {
			err = nil
		}
	case "csv":
		_, err = csv.NewReader(bytes.NewReader(out)).ReadAll()
	case "prometheus":
		text := expfmt.NewTextParser(model.UTF8Validation)
		_, err = text.TextToMetricFamilies(bytes.NewReader(out))
	case "html":
		_, err = html.Parse(bytes.NewReader(out))
	case "nagios":
		if bytes.Count(out, []byte("|")) != 1 {
			err = errors.New("performance data of its own")
		}
	case "parquet":
		_, err = parquet.Read[parquetRow](bytes.NewReader(out), int64(len(out)))
	}
	return err
}

// readable is what a person gets to see of a report: of a binary one its values.
func readable(format string, out []byte) []byte {
	if format != "parquet" {
		return out
	}
	rows, _ := parquet.Read[parquetRow](bytes.NewReader(out), int64(len(out)))
	var b bytes.Buffer
	for _, r := range rows {
		text, _ := json.Marshal(r)
		b.Write(append(text, '\n'))
	}
	return b.Bytes()
}

// widthOf is the terminal that a format is written to, 0 for one that is not for
// terminals.
func widthOf(format string) int {
	if format == "parquet" {
		return 0
	}
	return 80
}

// sameLines holds that hostile text adds no lines of its own where every line
// is a statement, a row, a command or a result.
func sameLines(t testing.TB, format string, out []byte, text string) error {
	switch format {
	case "dot", "csv", "ndjson", "nagios", "github", "gitlab", "cyclonedx", "junit", "prometheus":
	default:
		return nil // table and markdown wrap what is long
	}
	if got, want := bytes.Count(out, []byte("\n")), bytes.Count(writeHostile(t, format, "x"), []byte("\n")); got != want {
		return fmt.Errorf("%d lines instead of %d", got, want)
	}
	return nil
}

// onlyOurs walks the page: it may hold no element and no attribute that a page
// of harmless text does not hold too, and one script.
func onlyOurs(page []byte) error {
	scripts := 0
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				return z.Err()
			}
			if scripts != 1 {
				return errors.New("not exactly one script")
			}
			return nil
		case html.CommentToken:
			return errors.New("a comment")
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			switch tag.Data {
			case "script":
				scripts++
			case "img", "iframe", "object", "embed", "base", "video", "audio", "math", "foreignobject":
				return errors.New("an element " + tag.Data)
			}
			for _, a := range tag.Attr {
				value := strings.ToLower(strings.TrimSpace(a.Val))
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || (a.Key == "href" && !strings.HasPrefix(value, "#") && value != "data:,") {
					return errors.New("an attribute " + a.Key + "=" + a.Val)
				}
			}
		}
	}
}
