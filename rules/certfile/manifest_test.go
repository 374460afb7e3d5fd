package certfile_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
)

// A Secret, a list of them, and Traefik's store are read as what they are, in
// each form in which kubectl and Traefik write them.
func TestManifests(t *testing.T) {
	h := newHierarchy(t)
	b64 := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	chain := string(h.ecdsa.PEM()) + string(h.ca.PEM())
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8(t, h.ecdsa.Key.Signer)}))
	damaged := strings.Replace(chain, "-----END CERTIFICATE-----\n", "-----END CERTIFICATE\n", 1)
	secret := func(space, name, crt string) map[string]any {
		return map[string]any{"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
			"metadata": map[string]any{"name": name, "namespace": space},
			"data":     map[string]any{"ca.crt": b64(string(h.root.PEM())), "tls.crt": b64(crt), "tls.key": b64(key)}}
	}
	list := func(items ...any) string {
		text, err := json.MarshalIndent(map[string]any{"apiVersion": "v1", "kind": "List", "items": items}, "", "    ")
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	opaque := map[string]any{"kind": "Secret", "metadata": map[string]any{"name": "password"}, "data": map[string]any{"word": "c2VjcmV0"}}
	yaml := func(name string) string {
		return fmt.Sprintf("apiVersion: v1\nkind: Secret\nmetadata: {name: %s, namespace: web}\ndata:\n  tls.crt: %s\n  tls.key: %s\n",
			name, b64(chain), b64(key))
	}
	acme := fmt.Sprintf(`{"le": {"Account": {"PrivateKey": "%s"}, "Certificates": [
  {"domain": {"main": "a.example"}, "certificate": "%s", "key": "%s", "Store": "default"},
  {"domain": {"main": "b.example", "sans": ["c.example"]}, "certificate": "%[2]s", "key": "%[3]s"}]}}`,
		base64.StdEncoding.EncodeToString(pkcs8(t, h.leaf.Key.Signer)), b64(chain), b64(key))
	tests := map[string]struct {
		text  string
		names []string // of the chains; with "!" those that cannot be read
	}{
		"Secret in JSON":           {list(secret("web", "shop", chain)), []string{"web/shop"}},
		"list":                     {list(opaque, secret("web", "shop", chain), secret("mail", "mx", chain)), []string{"web/shop", "mail/mx"}},
		"one of two is damaged":    {list(secret("web", "shop", damaged), secret("mail", "mx", chain)), []string{"!web/shop", "mail/mx"}},
		"Secret in YAML":           {yaml("shop"), []string{"web/shop"}},
		"documents":                {yaml("shop") + "---\nkind: ConfigMap\n---\n" + yaml("mail"), []string{"web/shop", "web/mail"}},
		"list in YAML":             {"kind: List\nitems:\n- " + strings.ReplaceAll(yaml("shop"), "\n", "\n  "), []string{"web/shop"}},
		"stringData":               {"kind: Secret\nstringData:\n  tls.crt: |\n    " + strings.ReplaceAll(chain, "\n", "\n    ") + "\n", []string{""}},
		"acme.json":                {acme, []string{"a.example", "b.example"}},
		"acme.json of Traefik 1":   {strings.NewReplacer("domain", "Domain", "main", "Main", "certificate\"", "Certificate\"", "key", "Key").Replace(acme), []string{"a.example", "b.example"}},
		"an alias is a repetition": {yaml("shop") + "copy: &c {x: 1}\nmore: *c\n", []string{"web/shop"}},
	}
	want := [][]byte{h.ecdsa.DER, h.ca.DER}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chains, err := certfile.Read([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, c := range chains {
				if c.Err != nil {
					names = append(names, "!"+strings.SplitN(c.Err.Error(), ":", 2)[0])
					continue
				}
				names = append(names, c.Name)
				if diff := cmp.Diff(want, c.Certs); diff != "" {
					t.Error(diff)
				}
				if name != "stringData" && c.Key != spki(t, h.ecdsa.DER) {
					t.Errorf("the key is %v", c.Key)
				}
				if len(c.Flaws) != 1 || !c.Flaws[0].Harmless {
					t.Errorf("flaws %+v", c.Flaws)
				}
			}
			if diff := cmp.Diff(test.names, names); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := certfile.Read([]byte(list(secret("web", "shop", damaged)))); err == nil || !strings.HasPrefix(err.Error(), "web/shop: tls.crt: block 1") {
		t.Errorf("of a single one that is damaged: %v", err)
	}
	if _, err := certfile.Read([]byte(list(opaque))); err == nil {
		t.Error("a Secret without certificates was read")
	}
	var none cert.Hash
	if chains, err := certfile.Read([]byte(yaml("shop"))); err != nil || chains[0].Key == none {
		t.Errorf("%v", err)
	}
	if _, err := certfile.Read([]byte(key)); !errors.Is(err, certfile.ErrNoCertificate) {
		t.Errorf("of a key alone: %v", err)
	}
}

// Documents that are made to cost time or memory end soon, most of them with a
// reason: the reader that was here before took minutes and gigabytes.
func TestHostileDocuments(t *testing.T) {
	const pem = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI="
	aliases := "a0: &a0 [x,x,x]\n"
	for i := 1; i < 60; i++ {
		aliases += fmt.Sprintf("a%d: &a%[1]d [%s]\n", i, strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9))
	}
	var keys strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&keys, "k%d: v\n", i)
	}
	for name, text := range map[string]string{
		"brackets":         strings.Repeat("[", 3<<20),
		"braces":           strings.Repeat("{a: ", 1<<20),
		"brackets of JSON": "[" + strings.Repeat("[", 3<<20),
		"braces of JSON":   strings.Repeat(`{"a":`, 1<<20),
		"values of JSON":   "[" + strings.Repeat("1,", 3<<20) + "1]",
		"nulls of JSON":    "[" + strings.Repeat("null,", 1<<20) + "1]",
		"dashes":           strings.Repeat("- ", 2<<20),
		"lines of dashes":  strings.Repeat("- - - - - - a\n", 100_000),
		"aliases":          aliases,
		"keys":             keys.String(),
		"documents":        strings.Repeat("---\nkind: Secret\n", 50_000),
		"questions":        strings.Repeat("? ", 1<<20),
		"anchors":          strings.Repeat("&a ", 1<<20),
		"tags":             strings.Repeat("!a ", 1<<20),
		"quotes":           strings.Repeat(`"`, 1<<20),
		"colons":           strings.Repeat("a: ", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			for _, text := range []string{text + "\nkind: Secret\nx: " + pem, "kind: Secret\nx: " + pem + "\ny: " + text} {
				if chains, err := certfile.Read([]byte(text)); err == nil {
					t.Errorf("%d chains", len(chains))
				}
			}
		})
	}
}
