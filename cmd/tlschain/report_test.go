package main

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A savedReport is a JSON report read back.
type savedReport struct {
	reports.Header
	Endpoints []reports.Endpoint
	Summary   reports.Summary
}

// reported runs the program within the test, and reads its JSON report. The
// exit code must be 0, for --fail-on never is part of the command.
func reported(t *testing.T, args ...string) savedReport {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append(args, "--format", "json", "--fail-on", "never")
	noenv := func(string) string { return "" }
	if code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr, noenv); code != 0 || stderr.Len() > 0 {
		t.Fatalf("tlschain %s: exit code %d\n%s%s", strings.Join(args, " "), code, stderr.String(), stdout.String())
	}
	return readReport(t, stdout.Bytes())
}

// reportedBy runs the built binary and reads its JSON report.
func reportedBy(t *testing.T, binary string, args ...string) savedReport {
	t.Helper()
	var stderr bytes.Buffer
	command := exec.Command(binary, append(args, "--format", "json", "--fail-on", "never")...)
	command.Stderr = &stderr
	stdout, err := command.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%v: %v\n%s", command, err, stderr.String())
	}
	return readReport(t, stdout)
}

func readReport(t *testing.T, data []byte) (report savedReport) {
	t.Helper()
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return report
}

func endpointOf(t *testing.T, report savedReport, serverName string) *reports.Endpoint {
	t.Helper()
	var out *reports.Endpoint
	for i := range report.Endpoints {
		if e := &report.Endpoints[i]; e.ServerName == serverName {
			if out != nil {
				t.Fatalf("two endpoints for %s", serverName)
			}
			out = e
		}
	}
	if out == nil {
		t.Fatalf("no endpoint for %s", serverName)
	}
	return out
}

// checkExpected compares an endpoint of a report with what its recipe expects.
func checkExpected(t *testing.T, r *tlstest.Recipe, e *reports.Endpoint) {
	t.Helper()
	var got, want []string
	for _, f := range e.Findings {
		got = append(got, f.Rule)
	}
	for _, x := range r.Expect {
		want = append(want, x.Rule)
		i := slices.IndexFunc(e.Findings, func(f reports.Finding) bool { return f.Rule == x.Rule })
		if i < 0 {
			continue // told below
		}
		f := e.Findings[i]
		if x.Severity != "" && f.Severity.String() != x.Severity {
			t.Errorf("%s: %s is of severity %s, want %s", r.File, f.Rule, f.Severity, x.Severity)
		}
		if x.Positions != nil && !slices.Equal(f.Positions, x.Positions) {
			t.Errorf("%s: %s at positions %v, want %v", r.File, f.Rule, f.Positions, x.Positions)
		}
		for _, name := range x.Missing {
			sha := reports.Hash(sha256.Sum256(r.Cert(name)))
			if !slices.ContainsFunc(e.Missing, func(m reports.Missing) bool { return m.SHA256 == sha }) {
				t.Errorf("%s: %s is not named as missing, but %+v", r.File, name, e.Missing)
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if r.Only && !slices.Equal(slices.Compact(got), slices.Compact(want)) {
		t.Errorf("%s: rules %v, want %v", r.File, got, want)
	}
	for _, rule := range append(want, r.Absent...) {
		if present := slices.Contains(got, rule); present != slices.Contains(want, rule) {
			t.Errorf("%s: %s: %v, want %v", r.File, rule, present, !present)
		}
	}
}

func keyPEM(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// A monitoring plugin that cannot do its work is unknown, and says so where the
// monitoring system reads.
func TestNagiosFailsAsUnknown(t *testing.T) {
	for _, args := range [][]string{
		{"check", "--format", "nagios", "nowhere.pem"},
		{"scan", "--format", "nagios", "--clients", "nobody", "127.0.0.1"},
	} {
		var out, errs strings.Builder
		if code := run(t.Context(), args, nil, &out, &errs, os.Getenv); code != 3 || !strings.HasPrefix(out.String(), "TLSCHAIN UNKNOWN - ") {
			t.Errorf("%v: exit code %d, %q, %q", args, code, out.String(), errs.String())
		}
	}
}
