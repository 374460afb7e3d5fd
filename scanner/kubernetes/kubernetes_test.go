package kubernetes

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// An apiServer answers as a kube-apiserver does: lists in pages, objects by
// namespace, and a Status beside every other code than 200.
type apiServer struct {
	objects map[string][]object // by group, version and kind
	pages   int
}

type object struct {
	Metadata map[string]string `json:"metadata"`
	Type     string            `json:"type,omitempty"`
	Data     map[string][]byte `json:"data,omitempty"`
	Spec     any               `json:"spec,omitempty"`
	Status   any               `json:"status,omitempty"`
}

func (a *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	say := func(code int, message string) {
		w.WriteHeader(code)
		json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code})
	}
	switch r.Header.Get("Authorization") {
	case "Bearer reader":
	case "Bearer stranger":
		say(http.StatusForbidden, "secrets is forbidden: User \"stranger\" cannot list resource \"secrets\" in API group \"\" at the cluster scope")
		return
	case "Bearer elsewhere":
		http.Redirect(w, r, "https://127.0.0.1:1/", http.StatusFound)
		return
	case "Bearer endless":
		fmt.Fprint(w, `{"items":[`+strings.Repeat(" ", maxPage)+`]}`)
		return
	case "Bearer text":
		fmt.Fprint(w, "<html>")
		return
	default:
		say(http.StatusUnauthorized, "Unauthorized")
		return
	}
	path, namespace := strings.Trim(r.URL.Path, "/"), ""
	if before, after, ok := strings.Cut(path, "/namespaces/"); ok {
		var kind string
		namespace, kind, _ = strings.Cut(after, "/")
		path = before + "/" + kind
	}
	all, ok := a.objects[path]
	if !ok {
		say(http.StatusNotFound, "the server could not find the requested resource")
		return
	}
	var found []object
	for _, o := range all {
		if (namespace == "" || o.Metadata["namespace"] == namespace) && (path != "api/v1/secrets" || r.URL.Query().Get("fieldSelector") == "type="+o.Type) {
			found = append(found, o)
		}
	}
	from := 0
	fmt.Sscan(r.URL.Query().Get("continue"), &from)
	to := min(from+2, len(found)) // fewer than asked for, as an API may
	page := map[string]any{"kind": "List", "metadata": map[string]string{}, "items": found[from:to]}
	if to < len(found) {
		page["metadata"] = map[string]string{"continue": fmt.Sprint(to)}
	}
	a.pages++
	json.NewEncoder(w).Encode(page)
}

func certificate(text string) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte(text)})
}

func named(namespace, name string) map[string]string {
	return map[string]string{"namespace": namespace, "name": name}
}

func newAPI() *apiServer {
	secret := func(namespace, name, kind string) object {
		return object{Metadata: named(namespace, name), Type: kind, Data: map[string][]byte{"tls.crt": certificate(name), "tls.key": []byte("key of " + name)}}
	}
	type m = map[string]any
	return &apiServer{objects: map[string][]object{
		"api/v1/secrets": {secret("shop", "a", "kubernetes.io/tls"), secret("shop", "b", "Opaque"), secret("shop", "c", "kubernetes.io/tls"),
			secret("mail", "d", "kubernetes.io/tls"), secret("mail", "e", "kubernetes.io/tls")},
		"apis/networking.k8s.io/v1/ingresses": {
			{Metadata: named("shop", "web"), Spec: m{"tls": []m{{"hosts": []string{"a.example.test", "*.w.example.test"}, "secretName": "a"}, {"secretName": "c"}},
				"rules": []m{{"host": "r.example.test"}}}, Status: m{"loadBalancer": m{"ingress": []m{{"ip": "192.0.2.7"}}}}},
			{Metadata: named("mail", "plain"), Spec: m{"rules": []m{{"host": "p.example.test"}}}},
			{Metadata: named("mail", "web"), Spec: m{"tls": []m{{"hosts": []string{"*.x.example.test", "h.example.test", "a,b\n.test"}, "secretName": "gone"}}}},
		},
		"apis/gateway.networking.k8s.io/v1/gateways": {{Metadata: named("mail", "gw"), Status: m{"addresses": []m{{"value": "lb.example.test"}}}, Spec: m{"listeners": []m{
			{"hostname": "g.example.test", "port": 8443, "protocol": "HTTPS", "tls": m{"certificateRefs": []m{{"name": "a", "namespace": "shop"}}}},
			{"hostname": "t.example.test", "port": 443, "protocol": "TLS", "tls": m{"mode": "Passthrough"}}, {"hostname": "u.example.test", "port": 80, "protocol": "HTTP"},
		}}}},
	}}
}

// opened writes a kubeconfig for a server and opens it.
func opened(t *testing.T, server *httptest.Server, token, name string) (*Cluster, error) {
	t.Helper()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	file := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: here\ncontexts:\n- name: here\n  context: {cluster: c, user: u}\nclusters:\n- name: c\n"+
		"  cluster:\n    server: %s/\n    certificate-authority-data: %s\nusers:\n- name: u\n  user:\n    token: %s\n", server.URL, base64.StdEncoding.EncodeToString(ca), token)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(name, func(name string) string { return map[string]string{"KUBECONFIG": file}[name] })
}

func secretsOf(t *testing.T, c *Cluster) (names string, err error) {
	err = c.Secrets(t.Context(), func(s Secret) error {
		if string(s.Cert) != string(certificate(s.Name)) || string(s.Key) != "key of "+s.Name {
			t.Errorf("%+v", s)
		}
		names += " " + s.Namespace + "/" + s.Name
		return nil
	})
	return names, err
}

func TestClusterIsRead(t *testing.T) {
	api := newAPI()
	server := httptest.NewTLSServer(api)
	defer server.Close()
	c, err := opened(t, server, "reader", "k8s://")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := secretsOf(t, c); err != nil || got != " shop/a shop/c mail/d mail/e" || api.pages != 2 {
		t.Errorf("%q in %d pages, %v", got, api.pages, err)
	}
	got, err := c.Targets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a, cc := sum("a"), sum("c")
	want := "host,port,server_name,address,tags,expect_sha256\n" +
		"a.example.test,443,a.example.test,192.0.2.7,object=ingress/shop/web;secret=shop/a," + a + "\n" +
		"www.w.example.test,443,www.w.example.test,192.0.2.7,object=ingress/shop/web;secret=shop/a," + a + "\n" +
		"r.example.test,443,r.example.test,192.0.2.7,object=ingress/shop/web;secret=shop/c," + cc + "\n" +
		"h.example.test,443,h.example.test,,object=ingress/mail/web;secret=mail/gone,\n" +
		"\"a,b\n.test\",443,\"a,b\n.test\",,object=ingress/mail/web;secret=mail/gone,\n" +
		"lb.example.test,8443,g.example.test,,object=gateway/mail/gw;secret=shop/a," + a + "\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if c, err = opened(t, server, "reader", "k8s://here/shop"); err != nil {
		t.Fatal(err)
	}
	if got, err := secretsOf(t, c); err != nil || got != " shop/a shop/c" {
		t.Errorf("of one namespace: %q, %v", got, err)
	}
	delete(api.objects, "apis/gateway.networking.k8s.io/v1/gateways") // most clusters have none
	if _, err := c.Targets(t.Context()); err != nil {
		t.Error(err)
	}
}

// An Ingress of one megabyte and a half, which is what a cluster takes, can name as many
// Secrets as hosts, and none with its own: each host is one target, and expects no
// certificate. It was one for each Secret, thousands of millions together.
func TestIngressWithManySecrets(t *testing.T) {
	const many = 5_000
	var secrets, rules []map[string]any
	for n := range many {
		secrets = append(secrets, map[string]any{"secretName": fmt.Sprintf("s%d", n)})
		rules = append(rules, map[string]any{"host": fmt.Sprintf("h%d.example.test", n)})
	}
	api := newAPI()
	secrets[0]["secretName"] = "a"
	api.objects["apis/networking.k8s.io/v1/ingresses"] = []object{
		{Metadata: named("shop", "web"), Spec: map[string]any{"tls": secrets, "rules": rules}},
	}
	delete(api.objects, "apis/gateway.networking.k8s.io/v1/gateways")
	server := httptest.NewTLSServer(api)
	defer server.Close()
	c, err := opened(t, server, "reader", "k8s://")
	if err != nil {
		t.Fatal(err)
	}
	list, err := c.Targets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(list)), "\n")
	if len(lines) != 1+many || lines[1] != "h0.example.test,443,h0.example.test,,object=ingress/shop/web," {
		t.Errorf("%d lines, the first %q", len(lines), lines[1])
	}
}

func sum(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(name))) }

// In a pod, the account that it runs as is used.
func TestClusterOfAPod(t *testing.T) {
	server := httptest.NewTLSServer(newAPI())
	defer server.Close()
	defer func(before string) { account = before }(account)
	account = t.TempDir()
	os.WriteFile(filepath.Join(account, "token"), []byte("reader\n"), 0o600)
	os.WriteFile(filepath.Join(account, "ca.crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600)
	host, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "https://"), ":")
	env := map[string]string{"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port, "HOME": t.TempDir()}
	c, err := Open("k8s:///mail", func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if got, err := secretsOf(t, c); err != nil || got != " mail/d mail/e" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestClustersAtFault(t *testing.T) {
	server := httptest.NewTLSServer(newAPI())
	defer server.Close()
	for token, want := range map[string]string{
		"stranger":  `the user may not list secrets (secrets is forbidden: User "stranger" cannot list`,
		"unknown":   "the cluster does not know this user",
		"elsewhere": "the cluster sends us elsewhere",
		"endless":   "has more than 64 MiB",
		"text":      "the cluster's answer is no list",
	} {
		c, err := opened(t, server, token, "k8s://")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Targets(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", token, err)
		}
	}
	for text, want := range map[string]string{
		"{":                                    "it is no YAML",
		"a: 1":                                 `there is no context ""`,
		"x: [":                                 "it is no YAML",
		config("server: http://192.0.2.1", ""): "no https:// URL",
		config("server: https://192.0.2.1, insecure-skip-tls-verify: true", ""):      "would not be verified",
		config("server: https://192.0.2.1", "exec: {command: aws}"):                  "logs in by a program, which is not run",
		config("server: https://192.0.2.1", "username: admin"):                       "logs in by a password",
		config("server: https://192.0.2.1, certificate-authority: /nowhere/ca", ""):  "certificate-authority: /nowhere/ca",
		config("server: https://192.0.2.1, certificate-authority-data: '%'", ""):     "certificate-authority: it is no base64",
		config("server: https://192.0.2.1, certificate-authority-data: aGFsbG8", ""): "certificate-authority: it is no base64",
		config("server: https://192.0.2.1", "client-certificate-data: aGFsbG8="):     "are no pair",
		config("server: https://192.0.2.1", "tokenFile: /nowhere/token"):             "tokenFile: /nowhere/token: no such file",
		config("server: ''", ""): "the cluster has no server",
	} {
		if _, err := parse([]byte(text), "", t.TempDir()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, and %q is meant", text, err, want)
		}
	}
	c, err := opened(t, server, "reader", "k8s://")
	if err != nil {
		t.Fatal(err)
	}
	c.client.Transport.(*http.Transport).TLSClientConfig.RootCAs = nil // of the machine: the server's is not among them
	if _, err := secretsOf(t, c); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a cluster with another CA: %v", err)
	}
}

// A kubeconfig that is made to cost time or memory ends soon.
func TestHostileKubeconfigs(t *testing.T) {
	aliases := "a0: &a0 [x,x,x]\n"
	for i := 1; i < 60; i++ {
		aliases += fmt.Sprintf("a%d: &a%[1]d [%s]\n", i, strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9))
	}
	for name, text := range map[string]string{
		"aliases": aliases + "contexts: *a59", "itself": "contexts: &a [*a]", "brackets": "contexts: " + strings.Repeat("[", 1<<20),
		"braces": strings.Repeat("{contexts: ", 1<<18), "dashes": strings.Repeat("- ", 1<<19), "quotes": strings.Repeat(`"`, 1<<20),
		"anchors": strings.Repeat("&a ", 1<<19), "documents": strings.Repeat("---\na: 1\n", 50_000),
	} {
		if _, err := parse([]byte(text), "", t.TempDir()); err == nil || len(err.Error()) > 200 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a kubeconfig names is read only if it ends: a pipe without a writer would be
// waited for without an end.
func TestKubeconfigsNameFiles(t *testing.T) {
	folder := t.TempDir()
	system.Pipe(t, filepath.Join(folder, "pipe"))
	for _, text := range []string{
		"clusters: [{name: c, cluster: {server: https://192.0.2.1, certificate-authority: pipe}}]",
		"clusters: [{name: c, cluster: {server: https://192.0.2.1}}]\nusers: [{name: u, user: {tokenFile: pipe}}]",
		"clusters: [{name: c, cluster: {server: https://192.0.2.1}}]\nusers: [{name: u, user: {client-certificate: /dev/zero}}]",
		"clusters: [{name: c, cluster: {server: https://192.0.2.1}}]\nusers: [{name: u, user: {client-certificate-data: eA==, client-key: .}}]",
	} {
		ended := make(chan error, 1)
		go func() {
			_, err := parse([]byte("current-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"+text), "", folder)
			ended <- err
		}()
		select {
		case err := <-ended:
			if err == nil || !strings.Contains(err.Error(), "is no regular file") {
				t.Errorf("%s: %v", text, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: it is waited for", text)
		}
	}
}

func config(cluster, user string) string {
	return "current-context: a\ncontexts: [{name: a, context: {cluster: a, user: a}}]\nclusters: [{name: a, cluster: {" + cluster + "}}]\n" +
		"users: [{name: a, user: {" + user + "}}]\n"
}
