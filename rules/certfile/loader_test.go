package certfile_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// askOpenSSL loads each file as a server with Python's ssl, which is OpenSSL's
// SSL_CTX_use_certificate_chain_file, and prints what it would then present.
const askOpenSSL = `
import hashlib, ssl, sys
def presented(file, key):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file, key)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
    s, c = server.wrap_bio(a, b, server_side=True), client.wrap_bio(b, a)
    for _ in range(4):
        for side in (c, s):
            try: side.do_handshake()
            except ssl.SSLWantReadError: pass
    return c._sslobj.get_unverified_chain()
for line in sys.stdin:
    file, key = line.rstrip("\n").split("\t")
    try: print(" ".join(hashlib.sha256(x.public_bytes(2)).hexdigest() for x in presented(file, key)), flush=True)
    except ssl.SSLError as e: print("refused", e.reason, flush=True)
`

// askJava reads each file with a CertificateFactory.
const askJava = `
import java.io.*; import java.security.MessageDigest; import java.security.cert.*; import java.util.*;
class Ask {
  public static void main(String[] a) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      StringBuilder out = new StringBuilder();
      try (InputStream file = new FileInputStream(line.split("\t")[0])) {
        for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(file))
          out.append(" ").append(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(c.getEncoded())));
      } catch (CertificateException e) { out.setLength(0); out.append("refused ").append(String.valueOf(e.getMessage()).replace("\n", " ")); }
      System.out.println(out.toString().trim());
    }
  }
}
`

// A realLoader says for each file which certificates it takes, by SHA-256;
// nil: it refuses the file.
type realLoader func(t *testing.T, files []string, key string) [][]string

func realLoaders(t *testing.T) map[certfile.Loader]realLoader {
	t.Helper()
	ls := map[certfile.Loader]realLoader{certfile.Go: loadByGo}
	if testing.Short() {
		return ls
	}
	if err := exec.Command(tlstest.Program(t, "python3", "python3"), "-c", "import ssl; assert ssl.OPENSSL_VERSION_INFO >= (3, 0); ssl.SSLObject.read").Run(); err == nil {
		ls[certfile.OpenSSL] = program("python3", "-c", askOpenSSL)
	}
	source := filepath.Join(t.TempDir(), "Ask.java")
	if err := os.WriteFile(source, []byte(askJava), 0o600); err != nil {
		t.Fatal(err)
	}
	ls[certfile.Java] = program(tlstest.Program(t, "java", "openjdk-17-jdk-headless"), "-Xshare:auto", "-XX:TieredStopAtLevel=1", source)
	return ls
}

func program(name string, args ...string) realLoader {
	return func(t *testing.T, files []string, key string) (out [][]string) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Stdin = strings.NewReader(strings.Join(files, "\t"+key+"\n") + "\t" + key + "\n")
		cmd.Stderr = os.Stderr
		answer, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for lines := bufio.NewScanner(bytes.NewReader(answer)); lines.Scan(); {
			if words := strings.Fields(lines.Text()); len(words) > 0 && words[0] != "refused" {
				out = append(out, words)
			} else {
				out = append(out, nil)
			}
		}
		if len(out) != len(files) {
			t.Fatalf("%s: %d answers to %d files", name, len(out), len(files))
		}
		return out
	}
}

func loadByGo(t *testing.T, files []string, key string) (out [][]string) {
	t.Helper()
	for _, file := range files {
		pair, err := tls.LoadX509KeyPair(file, key)
		if err != nil {
			pair = tls.Certificate{}
		}
		out = append(out, hashes(pair.Certificate))
	}
	return out
}

func hashes(ders [][]byte) (out []string) {
	for _, der := range ders {
		sum := sha256.Sum256(der)
		out = append(out, hex.EncodeToString(sum[:]))
	}
	return out
}

// predicted lists the loaders that certfile says refuse the file.
func predicted(c certfile.Chain) (refuse []certfile.Loader) {
	for _, l := range []certfile.Loader{certfile.OpenSSL, certfile.Go, certfile.Java} {
		if slices.ContainsFunc(c.Flaws, func(f certfile.Flaw) bool { return slices.Contains(f.Loaders, l) }) {
			refuse = append(refuse, l)
		}
	}
	return refuse
}

// compare holds what certfile says of files to what the real loaders do. A file
// that cannot be read at all must be one that some loader refuses, too.
func compare(t *testing.T, h hierarchy, files map[string]string) {
	t.Helper()
	folder := t.TempDir()
	key := filepath.Join(folder, "key.pem")
	if err := os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8(t, h.ecdsa.Key.Signer)}), 0o600); err != nil {
		t.Fatal(err)
	}
	names, paths := slices.Sorted(keysOf(files)), []string{}
	for i, name := range names {
		path := filepath.Join(folder, fmt.Sprintf("%d.pem", i))
		if err := os.WriteFile(path, []byte(files[name]), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	real := make(map[certfile.Loader][][]string)
	for l, load := range realLoaders(t) {
		real[l] = load(t, paths, key)
	}
	for i, name := range names {
		chains, err := certfile.Read([]byte(files[name]))
		if err != nil {
			taken := 0
			for l := range real {
				if len(real[l][i]) == 2 {
					taken++
				}
			}
			if taken == 3 {
				t.Errorf("%s: all servers load it, and it is an error: %v", name, err)
			}
			continue
		}
		if slices.ContainsFunc(chains[0].Certs, func(der []byte) bool { _, err := cert.Parse(der); return err != nil }) {
			continue // the text is in order and the certificate is not: another rule's business
		}
		want := hashes(chains[0].Certs)
		for l := range real {
			if l == certfile.Java && strings.Contains(files[name], "PRIVATE KEY") {
				continue // no Java server is given a key this way
			}
			refuses, says := !slices.Equal(real[l][i], want), slices.Contains(predicted(chains[0]), l)
			if refuses != says {
				t.Errorf("%s: %s refuses: %t; said: %t (%d of %d certificates taken)\n%q", name, l, refuses, says, len(real[l][i]), len(want), files[name])
			}
		}
	}
}

func keysOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// TestRealLoaders holds the flaws of every kind of file, and of files that
// chance has damaged, to what OpenSSL, Go and Java make of them.
func TestRealLoaders(t *testing.T) {
	h := newHierarchy(t)
	files := fileKinds(t, h)
	for name, file := range files {
		if _, err := certfile.Read([]byte(file)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	names := slices.Sorted(keysOf(files))
	chance := rand.New(rand.NewPCG(15, 1))
	for i := range 300 {
		files[fmt.Sprint("damaged ", i)] = damaged(chance, files[names[chance.IntN(len(names))]])
	}
	compare(t, h, files)
}

func damaged(chance *rand.Rand, text string) string {
	pieces := []string{"\n", "\r", " ", "\t", "\ufeff", "\n\n", "=", "-", ":", "x: y\n", "\u00a0", "A", "-----", "\"", "# c\n"}
	for range 1 + chance.IntN(2) {
		at := chance.IntN(len(text))
		switch piece := pieces[chance.IntN(len(pieces))]; chance.IntN(3) {
		case 0:
			text = text[:at] + piece + text[at:]
		case 1:
			at = strings.LastIndexByte(text[:at], '\n') + 1 // at the start of a line
			text = text[:at] + piece + text[at:]
		default:
			text = text[:at] + text[min(at+1+chance.IntN(3), len(text)):]
		}
	}
	return text
}

// startedOrEnded runs a server that tests its configuration and ends, or that
// says when it serves and is then stopped. It gives what was said, and the error
// with which the server ended by itself.
func startedOrEnded(t *testing.T, cmd *exec.Cmd) (said []byte, err error) {
	t.Helper()
	output, input, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	cmd.Stdout, cmd.Stderr = input, input
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	input.Close()
	serves := false
	for lines := bufio.NewScanner(output); lines.Scan(); {
		said = append(append(said, lines.Bytes()...), '\n')
		if !serves && strings.Contains(lines.Text(), "resuming normal operations") {
			serves = true
			cmd.Process.Signal(syscall.SIGTERM)
		}
	}
	if err = cmd.Wait(); serves {
		return said, nil
	}
	return said, err
}

// TestWebServersLoad holds the same to nginx, HAProxy and Apache httpd, which
// read the file by loops of their own.
func TestWebServersLoad(t *testing.T) {
	tlstest.Foreign(t)
	h := newHierarchy(t)
	folder := t.TempDir()
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8(t, h.ecdsa.Key.Signer)})
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// Their address is nobody else's: at 127.0.0.1:1 tests of other packages count on nobody.
	servers := map[string]func(file string) *exec.Cmd{
		"nginx": func(file string) *exec.Cmd {
			conf := write("nginx.conf", fmt.Sprintf("error_log stderr;pid %s/pid;events{}http{access_log off;server{listen 127.0.0.81:1 ssl;ssl_certificate %s;ssl_certificate_key %s.key;}}", folder, file, file))
			return exec.Command("/usr/sbin/nginx", "-t", "-q", "-p", folder, "-c", conf)
		},
		"haproxy": func(file string) *exec.Cmd {
			conf := write("haproxy.conf", fmt.Sprintf("defaults\n timeout client 1s\n timeout server 1s\n timeout connect 1s\nfrontend f\n mode tcp\n bind 127.0.0.81:1 ssl crt %s\n default_backend b\nbackend b\n mode tcp\n", file))
			return exec.Command("/usr/sbin/haproxy", "-c", "-q", "-f", conf)
		},
		// It reads certificates when it starts, not when it tests its configuration.
		"apache2": func(file string) *exec.Cmd {
			const modules = "/usr/lib/apache2/modules/mod_"
			os.Remove(filepath.Join(folder, "apache2.pid")) // of the one before, which may have been stopped while it wrote it
			conf := write("apache2.conf", fmt.Sprintf("ServerRoot %s\nDefaultRuntimeDir %s\nPidFile apache2.pid\nServerName localhost\nErrorLog /dev/stderr\n"+
				"Listen 127.0.0.81:1\nLoadModule mpm_event_module %smpm_event.so\nLoadModule ssl_module %sssl.so\n"+
				"SSLEngine on\nSSLCertificateFile %s\nSSLCertificateKeyFile %s.key\n", folder, folder, modules, modules, file, file))
			return exec.Command("/usr/sbin/apache2", "-DFOREGROUND", "-f", conf)
		},
	}
	for server, command := range servers {
		tlstest.Program(t, server, server)
		for name, text := range fileKinds(t, h) {
			if strings.Contains(text, "PRIVATE KEY") && server == "haproxy" {
				continue // the key would stand in two files
			}
			file := write("site.pem", text)
			write("site.pem.key", string(key))
			chains, err := certfile.Read([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			says := slices.Contains(predicted(chains[0]), certfile.OpenSSL)
			out, err := startedOrEnded(t, command(file))
			if strings.HasSuffix(name, "issuer") && err == nil {
				continue // it starts, and the issuer is not sent: TestRealLoaders sees that
			}
			if (err != nil) != says {
				t.Errorf("%s: %s refuses: %t; said: %t\n%s", name, server, err != nil, says, out)
			}
		}
	}
}
