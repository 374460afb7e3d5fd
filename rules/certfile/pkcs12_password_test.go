package certfile_test

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/certfile"
)

// askWithoutPassword prints of each PKCS #12 file how many certificates Java
// presents from it when it is given no password, and when it is given one; -1:
// it finds no key.
const askWithoutPassword = `
import java.io.*; import java.security.*; import java.security.cert.Certificate; import java.util.*;
class Ask {
  static int presents(String file, char[] password) throws Exception {
    KeyStore ks = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(file)) { ks.load(in, password); } catch (IOException e) { return -1; }
    for (String alias : Collections.list(ks.aliases()))
      if (ks.isKeyEntry(alias)) { Certificate[] c = ks.getCertificateChain(alias); return c == null ? 0 : c.length; }
    return -1;
  }
  public static void main(String[] files) throws Exception {
    for (String file : files) System.out.println(presents(file, null) + " " + presents(file, file.contains("secret") ? "secret".toCharArray() : new char[0]));
  }
}
`

// TestJavaWithoutPassword holds what is said of PKCS #12 files without a
// password to what Java makes of them, configured as servers are by default.
func TestJavaWithoutPassword(t *testing.T) {
	h := newHierarchy(t)
	folder, write := folderFor(t, "java", "openssl")
	key := write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8(t, h.ecdsa.Key.Signer)}))
	leaf, ca := write("leaf.pem", h.ecdsa.PEM()), write("ca.pem", h.ca.PEM())
	cases := []struct {
		name  string
		args  []string
		java  string // certificates without a password, and with the right one
		flaws int
	}{
		{"empty", []string{"-passout", "pass:"}, "0 2", 1},
		{"certificates-plain", []string{"-passout", "pass:", "-certpbe", "NONE"}, "2 2", 0},
		{"all-plain", []string{"-passout", "pass:", "-certpbe", "NONE", "-keypbe", "NONE"}, "-1 -1", 1},
		{"secret", []string{"-passout", "pass:secret"}, "0 2", 0},
	}
	args := []string{write("Ask.java", []byte(askWithoutPassword))}
	for _, c := range cases {
		file := filepath.Join(folder, c.name+".p12")
		out, err := exec.Command("openssl", append([]string{"pkcs12", "-export", "-inkey", key, "-in", leaf, "-certfile", ca, "-out", file}, c.args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		args = append(args, file)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		chains, err := certfile.Read(data, "", "secret")
		if err != nil || len(chains) != 1 || len(chains[0].Flaws) != c.flaws {
			t.Errorf("%s: %v, %+v; want %d flaws", c.name, err, chains, c.flaws)
		}
	}
	out, err := exec.Command("java", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		if line != cases[i].java {
			t.Errorf("%s: Java presents %s, want %s", cases[i].name, line, cases[i].java)
		}
	}
}
