package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/reports"
)

// The situations that people reported, with the right answer: what each rule
// must and must not say, and which clients refuse. They are replayed where their
// files are; recipes of the rules hold the same kinds without them.
func TestFieldReports(t *testing.T) {
	const folder = "../../../shared/field/"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the reports from the field are not here")
	}
	server := func(name string) []string { return []string{"--server-name", name} }
	openssl := []string{"openssl-3.0", "curl", "python-3.11", "node-20"}
	for _, c := range []struct {
		name, file, roots string
		more              []string
		rules             []string // exactly these findings of warning or error
		says              string   // in a finding's message or fix
		never             string
		refuse, accept    []string
	}{
		{name: "a self-signed twin is sent", file: "twins/sent.pem", roots: "twins/x1.pem", more: []string{"--pool", folder + "twins/pool.pem"},
			rules: []string{"wrong-cross-root"}, says: "f1ca5eac0d51f8fb", never: "does not send"},
		{name: "the right twin is sent", file: "twins/right.pem", roots: "twins/x1.pem"},
		{name: "an expired twin is sent", file: "twins/expired-sent1.pem", roots: "twins/expired-roots.pem",
			more: []string{"--pool", folder + "twins/expired-pool.pem"}, rules: []string{"expired-intermediate"}, never: "does not send"},
		{name: "issuer and serial of the AKI are wrong", file: "leaf/akidir_wrong.chain.pem", roots: "leaf/akidir_wrong.root.pem",
			rules: []string{"client-rejects"}, says: "authority key identifier", never: "may issue certificates for TLS servers",
			refuse: openssl, accept: []string{"go", "chrome", "openjdk-17"}},
		{name: "the key identifier of the AKI is wrong", file: "leaf/akikeyid_mismatch.chain.pem", roots: "leaf/akikeyid_mismatch.root.pem",
			rules: []string{"client-rejects"}, says: "authority key identifier", never: "may issue certificates for TLS servers", refuse: openssl},
		{name: "keyEncipherment alone", file: "leaf/ku_leaf_ke_only_rsa.chain.pem", roots: "leaf/ku_leaf_ke_only_rsa.root.pem",
			rules: []string{"client-rejects"}, says: "digitalSignature", refuse: []string{"chrome", "openjdk-17", "gnutls-3.7"}, accept: append(openssl, "go")},
		{name: "an empty subject", file: "leaf/emptysubject_noncrit.chain.pem", roots: "leaf/emptysubject_noncrit.root.pem",
			rules: []string{"client-rejects"}, refuse: []string{"openjdk-17"}, accept: openssl},
		// Go reads none of directory names, whatever they permit: a cause of its own.
		{name: "directoryName constraints", file: "leaf/nc_dir_only.chain.pem", roots: "leaf/nc_dir_only.root.pem",
			rules: []string{"client-rejects", "client-rejects"}, says: "name constraints", refuse: []string{"go", "openssl-3.0"}, accept: []string{"gnutls-3.7"}},
		{name: "a root without basic constraints", file: "leaf/nobc_root.chain.pem", roots: "leaf/nobc_root.root.pem",
			says: "CA:TRUE", accept: []string{"openssl-3.0"}, refuse: []string{"go", "openjdk-17"}},
		{name: "an address as a DNS name", file: "leaf/ip_as_dns.chain.pem", roots: "leaf/ip_as_dns.root.pem", more: server("127.0.0.1"),
			rules: []string{"name-mismatch"}, says: "as a DNS name", never: "it is for 127.0.0.1"},
		{name: "a trailing dot", file: "leaf/trailingdot.chain.pem", roots: "leaf/trailingdot.root.pem", more: server("intra.nordlys.example"),
			says: "ends in a dot"},
		{name: "basic constraints not critical", file: "python313/a.chain.pem", roots: "python313/a.root.pem",
			rules: []string{"client-rejects"}, refuse: []string{"python-3.13"}, accept: []string{"openssl-3.0", "python-3.11"}},
		{name: "no AKI in the leaf", file: "python313/b.chain.pem", roots: "python313/b.root.pem",
			rules: []string{"client-rejects"}, refuse: []string{"python-3.13"}, accept: []string{"openssl-3.0", "python-3.11"}},
		{name: "no AKI in the intermediate", file: "python313/c.chain.pem", roots: "python313/c.root.pem",
			rules: []string{"client-rejects"}, refuse: []string{"python-3.13"}, accept: []string{"openssl-3.0", "python-3.11"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"check", "--format", "ndjson", "--clients", "broad,python-3.13", "--at", "2026-11-22", "--roots", folder + c.roots, folder + c.file}, c.more...)
			var out, errs strings.Builder
			run(t.Context(), args, nil, &out, &errs, os.Getenv)
			var e reports.Endpoint
			if err := json.Unmarshal([]byte(out.String()), &e); err != nil {
				t.Fatalf("%v: %s", err, errs.String())
			}
			text := ""
			var found []string
			for _, f := range e.Findings {
				text += f.Message + " " + f.Fix + "\n"
				if f.Severity.String() != "info" {
					found = append(found, f.Rule)
				}
			}
			if c.rules != nil && !slices.Equal(found, c.rules) {
				t.Errorf("findings %v, want %v\n%s", found, c.rules, text)
			}
			if !strings.Contains(text, c.says) || c.never != "" && strings.Contains(text, c.never) {
				t.Errorf("it must say %q and not %q:\n%s", c.says, c.never, text)
			}
			for _, v := range e.Clients {
				if slices.Contains(c.refuse, v.Client) && v.Accepted || slices.Contains(c.accept, v.Client) && !v.Accepted {
					t.Errorf("%s: accepted is %v: %s", v.Client, v.Accepted, v.Reason)
				}
			}
		})
	}
	for name, loaders := range map[string]string{
		"bom8": "Go and Java", "x509label": "Go", "trusted": "Go and Java", "midblank": "OpenSSL", "headers": "OpenSSL", "crcrlf": "Go",
		"cr": "carriage return", "indented": "indented", "spaces_for_newlines": "line breaks",
	} {
		var out, errs strings.Builder
		code := run(t.Context(), []string{"check", "--roots", folder + "files/root.pem", filepath.Join(folder, "files", name+".pem")}, nil, &out, &errs, os.Getenv)
		if code != 1 || !strings.Contains(out.String(), "unloadable-file") || !strings.Contains(out.String(), loaders) {
			t.Errorf("%s: exit code %d\n%s%s", name, code, out.String(), errs.String())
		}
	}
}
