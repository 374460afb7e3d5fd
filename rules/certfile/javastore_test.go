package certfile_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// askKeyManager prints what a TLS server in Java presents from each key store:
// a line for each alias that its KeyManager has a chain for.
const askKeyManager = `
import java.io.*; import java.security.*; import java.security.cert.*; import java.util.*; import javax.net.ssl.*;
class Ask {
  public static void main(String[] stores) throws Exception {
    for (String file : stores) {
      KeyStore ks = KeyStore.getInstance(new File(file), "changeit".toCharArray());
      KeyManagerFactory f = KeyManagerFactory.getInstance("SunX509");
      f.init(ks, "changeit".toCharArray());
      X509KeyManager m = (X509KeyManager) f.getKeyManagers()[0];
      StringBuilder out = new StringBuilder(file);
      for (String alias : Collections.list(ks.aliases())) {
        if (!ks.isKeyEntry(alias)) continue;
        out.append(" |");
        for (X509Certificate c : m.getCertificateChain(alias))
          out.append(" ").append(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(c.getEncoded())));
      }
      System.out.println(out);
    }
  }
}
`

// folderFor gives an empty folder, and a function that writes a file in it, to a
// test that needs these programs.
func folderFor(t *testing.T, programs ...string) (folder string, write func(name string, data []byte) string) {
	t.Helper()
	for _, program := range programs {
		tlstest.Program(t, program, program)
	}
	folder = t.TempDir()
	return folder, func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

// TestJavaPresents makes key stores as people do, right and wrong, and holds
// what is read from each to what Java presents from it.
func TestJavaPresents(t *testing.T) {
	h := newHierarchy(t)
	folder, write := folderFor(t, "keytool", "java")
	self := tlstest.For(t).Leaf("self", nil, func(c *tlstest.Template) { c.Key = h.ecdsa.Key })
	pfx, err := pkcs12.Modern.Encode(self.Key.Signer, x509Of(t, self)[0], nil, "changeit")
	if err != nil {
		t.Fatal(err)
	}
	write("self.p12", pfx)
	write("root.pem", h.root.PEM())
	write("ca.pem", h.ca.PEM())
	write("leaf.pem", h.ecdsa.PEM())
	write("full.pem", append(bytes.Clone(h.ecdsa.PEM()), h.ca.PEM()...))
	keytool := func(store string, args ...string) {
		t.Helper()
		cmd := exec.Command("keytool", append(args, "-noprompt", "-keystore", filepath.Join(folder, store), "-storepass", "changeit")...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("keytool %v: %v\n%s", args, err, out)
		}
	}
	type step []string
	put := func(alias, file string) step {
		return step{"-importcert", "-trustcacerts", "-alias", alias, "-file", filepath.Join(folder, file)}
	}
	const key = "1" // the alias that keytool gives to an entry without a name
	stores := map[string][]step{
		"fix":       {put("issuer-1", "ca.pem"), put(key, "full.pem")}, // what fix --server tomcat prints
		"with root": {put("root", "root.pem"), put("ca", "ca.pem"), put(key, "leaf.pem")},
		"elsewhere": {put("root", "root.pem"), put("ca", "ca.pem"), put("www", "leaf.pem")},
		"untouched": {put("root", "root.pem")},
	}
	var files []string
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for n := range stores {
			if !yield(n) {
				return
			}
		}
	}) {
		for _, format := range []string{"PKCS12", "JKS"} {
			if format == "JKS" && name != "fix" && name != "elsewhere" {
				continue // keytool is slow
			}
			store := strings.ReplaceAll(name, " ", "-") + "." + strings.ToLower(format)
			keytool(store, "-importkeystore", "-srckeystore", filepath.Join(folder, "self.p12"), "-srcstorepass", "changeit", "-deststoretype", format, "-destkeypass", "changeit")
			for _, s := range stores[name] {
				keytool(store, s...)
			}
			files = append(files, filepath.Join(folder, store))
		}
	}
	keytool("trust.p12", append(put("root", "root.pem"), "-storetype", "PKCS12")...)
	source := write("Ask.java", []byte(askKeyManager))
	answer, err := exec.Command("java", append([]string{"-XX:TieredStopAtLevel=1", source}, files...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(answer)) {
		file, java, _ := strings.Cut(strings.TrimSpace(line), " | ")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		chains, err := certfile.Read(data)
		if err != nil || len(chains) != 1 {
			t.Errorf("%s: %d chains, %v", file, len(chains), err)
			continue
		}
		c := chains[0]
		if got := strings.Join(hashes(c.Certs), " "); got != java || c.Set || c.Key != spki(t, self.DER) {
			t.Errorf("%s: read %s, set %v; Java presents %s", file, got, c.Set, java)
		}
		if wrong := strings.Contains(file, "elsewhere"); wrong != (len(c.Flaws) == 1) || wrong && !strings.Contains(c.Flaws[0].What, `alias "www"`) {
			t.Errorf("%s: %v", file, c.Flaws)
		}
	}
	data, err := os.ReadFile(filepath.Join(folder, "trust.p12"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := certfile.Read(data); err != certfile.ErrNoKey {
		t.Errorf("a trust store: %v", err)
	}
	if certs, err := certfile.Certificates(data); err != nil || len(certs) != 1 {
		t.Errorf("a trust store gives %d anchors, %v", len(certs), err)
	}
}

// Files without a private key are no key stores, however they were made.
func TestNoKey(t *testing.T) {
	h := newHierarchy(t)
	tlstest.Program(t, "openssl", "openssl")
	for _, args := range [][]string{{}, {"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"}} {
		file := filepath.Join(t.TempDir(), "x.p12")
		cmd := exec.Command("openssl", append([]string{"pkcs12", "-export", "-nokeys", "-passout", "pass:changeit", "-out", file}, args...)...)
		cmd.Stdin = bytes.NewReader(append(bytes.Clone(h.ecdsa.PEM()), h.ca.PEM()...))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := certfile.Read(data); err != certfile.ErrNoKey {
			t.Errorf("%v: %v", args, err)
		}
	}
}
