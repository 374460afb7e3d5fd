package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A cluster's Secrets are judged by check, and by scan what its hosts present:
// here an older certificate than the Secret has.
func TestClusterIsJudged(t *testing.T) {
	t.Parallel()
	w := newStoreWriter(t)
	ca, roots := siteCA(t)
	named := func(c *tlstest.Template) { c.DNSNames = []string{"own.example.test"} }
	old, renewed := tlstest.For(t).Leaf("old", ca, named), tlstest.For(t).Leaf("renewed", ca, named)
	host, err := tlstest.Serve(tlstest.Behaviour{Default: tlstest.Present(old, ca)})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	secret := map[string]any{"metadata": map[string]string{"namespace": "shop", "name": "web"},
		"data": map[string][]byte{"tls.crt": bytes.Join([][]byte{renewed.PEM(), ca.PEM()}, nil), "tls.key": w.key(renewed)}}
	gateway := map[string]any{"metadata": map[string]string{"namespace": "shop", "name": "gw"},
		"status": map[string]any{"addresses": []any{map[string]string{"value": "127.0.0.1"}}},
		"spec": map[string]any{"listeners": []any{map[string]any{"hostname": "own.example.test", "port": host.Addr().Port(), "protocol": "HTTPS",
			"tls": map[string]any{"certificateRefs": []any{map[string]string{"name": "web"}}}}}}}
	api := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "Bearer reader":
			rw.WriteHeader(http.StatusForbidden)
		case strings.HasSuffix(r.URL.Path, "/secrets"):
			json.NewEncoder(rw).Encode(map[string]any{"items": []any{secret}})
		case strings.HasSuffix(r.URL.Path, "/gateways"):
			json.NewEncoder(rw).Encode(map[string]any{"items": []any{gateway}})
		default:
			rw.WriteHeader(http.StatusNotFound)
		}
	}))
	defer api.Close()
	kubeconfig := func(token string) string {
		ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw})
		return write(t, t.TempDir(), "config", fmt.Appendf(nil, "current-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"+
			"clusters: [{name: c, cluster: {server: %q, certificate-authority-data: %s}}]\nusers: [{name: u, user: {token: %s}}]\n",
			api.URL, base64.StdEncoding.EncodeToString(ca), token))
	}
	reader, stranger := kubeconfig("reader"), kubeconfig("stranger")
	judged := func(config string, args ...string) (line, said string, code int) {
		var out, messages bytes.Buffer
		args = append(args, "--format", "json", "--clients", "go", "--roots", roots, "--at", tlstest.Now().Format("2006-01-02"))
		code = run(context.Background(), args, strings.NewReader(""), &out, &messages, func(name string) string {
			return map[string]string{"KUBECONFIG": config}[name]
		})
		var report struct{ Endpoints []configSite }
		if out.Len() > 0 {
			if err := json.Unmarshal(out.Bytes(), &report); err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
		}
		return strings.Join(siteLines("no folder", report.Endpoints), "; "), messages.String(), code
	}
	if got, said, code := judged(reader, "check", "k8s://c"); got != "k8s://c#shop/web | own.example.test" || code != 0 {
		t.Errorf("check: exit code %d, %s\n%s", code, got, said)
	}
	if got, said, code := judged(reader, "check", "k8s://"); got != "k8s://#shop/web | own.example.test" || code != 0 {
		t.Errorf("check of the current context: exit code %d, %s\n%s", code, got, said)
	}
	if got, said, code := judged(reader, "scan", "k8s://"); !strings.HasSuffix(got, " | own.example.test not-reloaded") || code != 1 {
		t.Errorf("scan: exit code %d, %s\n%s", code, got, said)
	}
	for _, command := range []string{"scan", "check"} {
		if _, said, code := judged(stranger, command, "k8s://"); code != exitUsage || !strings.Contains(said, "k8s://: the user may not list secrets") {
			t.Errorf("%s: exit code %d\n%s", command, code, said)
		}
		if _, said, code := judged(reader, command, "k8s://other"); code != exitUsage || !strings.Contains(said, `there is no context "other"`) {
			t.Errorf("%s: exit code %d\n%s", command, code, said)
		}
	}
}
