package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// A storeWriter lays files out as ACME clients do.
type storeWriter struct {
	*testing.T
	dir            string
	leaf, ca, root *tlstest.Cert
	other          *tlstest.Cert // with another key
}

func newStoreWriter(t *testing.T) *storeWriter {
	x := tlstest.For(t)
	root := x.Root("R")
	ca := x.Intermediate("I", root)
	return &storeWriter{t, t.TempDir(), x.Leaf("shop.example.test", ca), ca, root, x.Leaf("other.example.test", ca)}
}

func (w *storeWriter) put(path string, parts ...[]byte) {
	w.Helper()
	path = filepath.Join(w.dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Join(parts, nil), 0o600); err != nil {
		w.Fatal(err)
	}
}

func (w *storeWriter) link(from, to string) {
	w.Helper()
	from = filepath.Join(w.dir, from)
	if err := os.MkdirAll(filepath.Dir(from), 0o755); err != nil {
		w.Fatal(err)
	}
	if err := os.Symlink(to, from); err != nil {
		w.Fatal(err)
	}
}

func (w *storeWriter) key(of *tlstest.Cert) []byte {
	w.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(of.Key.Signer)
	if err != nil {
		w.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// checked judges a folder and lists the endpoints, without the folder's name,
// each with the rules of its findings, and what was skipped.
func (w *storeWriter) checked(args ...string) (endpoints, skipped []string, said string) {
	w.Helper()
	w.put("../roots.pem", w.root.PEM())
	var out, messages bytes.Buffer
	args = append([]string{"check", "--format", "json", "--clients", "go", "--at", tlstest.Now().Format("2006-01-02"), "--roots",
		filepath.Join(w.dir, "../roots.pem"), w.dir}, args...)
	run(context.Background(), args, strings.NewReader(""), &out, &messages, func(string) string { return "" })
	if strings.Contains(out.String()+messages.String(), "PRIVATE KEY") {
		w.Error("a private key is printed")
	}
	var report struct {
		Endpoints []struct {
			Target   string
			Findings []struct{ Rule string }
		}
		Summary struct{ Skipped []reports.Skipped }
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		w.Fatalf("%v\n%s", err, messages.String())
	}
	for _, e := range report.Endpoints {
		line := strings.TrimPrefix(e.Target, w.dir+"/")
		for _, f := range e.Findings {
			line += " " + f.Rule
		}
		endpoints = append(endpoints, line)
	}
	for _, s := range report.Summary.Skipped {
		skipped = append(skipped, strings.ReplaceAll(s.Line, w.dir+"/", "")+": "+s.Reason)
	}
	return endpoints, skipped, messages.String()
}

// Each store is judged by the file that a server is given from it, with the key
// that lies beside it.
func TestFoldersOfACMEClients(t *testing.T) {
	t.Parallel()
	w := newStoreWriter(t)
	leaf, ca := w.leaf.PEM(), w.ca.PEM()
	// certbot: live holds links to the last round in archive.
	for round, of := range map[int]*tlstest.Cert{1: w.other, 2: w.leaf} {
		name := func(kind string) string { return fmt.Sprintf("letsencrypt/archive/shop/%s%d.pem", kind, round) }
		w.put(name("cert"), of.PEM())
		w.put(name("chain"), ca)
		w.put(name("fullchain"), of.PEM(), ca)
		w.put(name("privkey"), w.key(of))
	}
	for _, kind := range []string{"cert", "chain", "fullchain", "privkey"} {
		w.link("letsencrypt/live/shop/"+kind+".pem", "../../archive/shop/"+kind+"2.pem")
	}
	w.put("letsencrypt/live/README", []byte("hello"))
	w.put("letsencrypt/csr/0000_csr-certbot.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: []byte{0x30, 0}}))
	// lego: the issuer beside the chain.
	w.put("lego/certificates/shop.crt", leaf, ca)
	w.put("lego/certificates/shop.issuer.crt", ca)
	w.put("lego/certificates/shop.key", w.key(w.leaf))
	w.put("lego/certificates/shop.json", []byte(`{"domain": "shop", "certUrl": "https://ca.example/1"}`))
	// acme.sh: the leaf alone as well, and a key that is called like the folder.
	w.put("acme/shop.example.test_ecc/shop.example.test.cer", leaf)
	w.put("acme/shop.example.test_ecc/ca.cer", ca)
	w.put("acme/shop.example.test_ecc/fullchain.cer", leaf, ca)
	w.put("acme/shop.example.test_ecc/shop.example.test.key", w.key(w.other)) // of another certificate
	// A Secret that a kubelet has mounted.
	w.put("mounted/..2026_11_29/tls.crt", leaf, ca)
	w.put("mounted/..2026_11_29/tls.key", w.key(w.leaf))
	w.link("mounted/..data", "..2026_11_29")
	w.link("mounted/tls.crt", "..data/tls.crt")
	w.link("mounted/tls.key", "..data/tls.key")
	endpoints, skipped, said := w.checked()
	want := []string{
		"acme/shop.example.test_ecc/fullchain.cer key-mismatch", "lego/certificates/shop.crt", "letsencrypt/live/shop/fullchain.pem", "mounted/tls.crt",
	}
	if diff := cmp.Diff(want, endpoints); diff != "" {
		t.Error(diff)
	}
	if len(skipped) > 0 {
		t.Errorf("skipped: %q", skipped)
	}
	if !strings.Contains(said, "4 with a server's certificate, 2 with a leaf that another file has") {
		t.Error(said)
	}
	// Without live, the last round of archive is in use.
	w.dir = filepath.Join(w.dir, "letsencrypt/archive")
	if endpoints, _, _ := w.checked(); !slices.Equal(endpoints, []string{"shop/fullchain2.pem"}) {
		t.Errorf("of archive: %q", endpoints)
	}
}

// What Caddy writes, by itself.
func TestFolderOfCaddy(t *testing.T) {
	t.Parallel()
	caddy := tlstest.Program(t, "caddy", "caddy")
	dir := t.TempDir()
	config := write(t, dir, "caddy.json", []byte(`{"admin": {"disabled": true}, "apps": {
  "tls": {"certificates": {"automate": ["shop.example.test", "mail.example.test"]}, "automation": {"policies": [{"issuers": [{"module": "internal"}]}]}},
  "pki": {"certificate_authorities": {"local": {"install_trust": false}}}}}`)) // it listens nowhere
	var cmd *exec.Cmd
	start := func() (log func() string) {
		cmd = exec.Command(caddy, "run", "--config", config)
		cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
		return startUntilEnd(t, cmd)
	}
	log := start()
	stored := filepath.Join(dir, "caddy", "certificates", "local")
	await(t, func() bool {
		if strings.Contains(log(), "will retry") { // in a minute: as it cleans its storage, it may delete a folder that it has just made
			system.KillGroup(cmd)
			log = start()
		}
		files, _ := filepath.Glob(filepath.Join(stored, "*", "*.json")) // the last of three
		return len(files) == 2
	}, func() string { return log() })
	var out, said bytes.Buffer
	run(context.Background(), []string{"check", "--format", "csv", "--roots", filepath.Join(dir, "caddy/pki/authorities/local/root.crt"), filepath.Join(dir, "caddy")},
		strings.NewReader(""), &out, &said, func(string) string { return "" })
	for _, name := range []string{"shop", "mail"} {
		if !strings.Contains(out.String(), name+".example.test.crt") {
			t.Errorf("%s is not judged:\n%s%s", name, out.String(), said.String())
		}
	}
	if strings.Contains(out.String(), "key-mismatch") || !strings.Contains(said.String(), " 2 with a server's certificate, ") || strings.Contains(said.String(), "cannot") {
		t.Errorf("%s%s", out.String(), said.String())
	}
}

// A folder that is made to hang or to be endless is read to its end, and what
// cannot be read is named.
func TestHostileFolder(t *testing.T) {
	t.Parallel()
	w := newStoreWriter(t)
	w.put("a/good.pem", w.leaf.PEM(), w.ca.PEM())
	w.link("a/loop", "..")
	w.link("a/self.pem", "self.pem")
	w.link("a/gone.pem", "nowhere")
	w.link("b/again.pem", "../a/good.pem")
	w.link("zero.pem", "/dev/zero")
	w.link("kernel.pem", kernelFile(t))
	w.put("damaged.pem", []byte("-----BEGIN CERTIFICATE-----\nMIIB\n"))
	w.put("values.yaml", []byte("a: [b, c]\n"))
	w.put("huge.pem")
	if err := os.Truncate(filepath.Join(w.dir, "huge.pem"), 1<<40); err != nil {
		t.Fatal(err)
	}
	system.Pipe(t, filepath.Join(w.dir, "pipe.pem"))
	endpoints, skipped, said := w.checked()
	if diff := cmp.Diff([]string{"a/good.pem"}, endpoints); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"a/gone.pem: the link leads nowhere: no such file or directory", "a/self.pem: the link leads nowhere: too many levels of symbolic links",
		"damaged.pem: block 1 (line 1) has no -----END CERTIFICATE----- line: the file is cut off", "huge.pem: it is larger than 32 MiB",
		"kernel.pem: it is empty",
	}
	slices.Sort(skipped)
	if diff := cmp.Diff(want, skipped); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(said, "2 pipes, sockets or devices left out") {
		t.Error(said)
	}
}

// kernelFile is one that says it is empty and never ends, if the system has it
// and we may read it, or else an empty one.
func kernelFile(t *testing.T) string {
	t.Helper()
	if f, err := os.Open("/proc/kmsg"); err == nil {
		f.Close()
		return "/proc/kmsg"
	}
	return write(t, t.TempDir(), "empty")
}

// Fifty thousand files in one folder are looked at one by one.
func TestFolderOfManyFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes 50,000 files")
	}
	t.Parallel()
	w := newStoreWriter(t)
	for i := range 50_000 {
		w.put(fmt.Sprintf("file%d.pem", i), []byte("no certificate"))
	}
	w.put("good.pem", w.leaf.PEM(), w.ca.PEM())
	endpoints, skipped, said := w.checked()
	if !slices.Equal(endpoints, []string{"good.pem"}) || len(skipped) == 0 {
		t.Errorf("%q, %d skipped", endpoints, len(skipped))
	}
	if !strings.Contains(said, "50001 files, 1 with a server's certificate, 50000 that cannot be read") || strings.Count(said, "\n") > 120 {
		t.Errorf("%d lines: %.2000s", strings.Count(said, "\n"), said)
	}
}
