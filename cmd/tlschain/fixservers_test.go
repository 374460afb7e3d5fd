package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// A fixable server is a real one that starts with a chain file that lacks an
// intermediate, and is fixed by what fix writes and prints.
type fixableServer struct {
	kind    string
	program string
	debian  string
	withKey bool // fix gets --key
	// configure writes the configuration and gives the command that runs the
	// server in the foreground.
	configure func(i *instance, t *testing.T) []string
	// shims are the commands that steps name, as shell text: they do to this
	// instance what they do to the one server of a machine.
	shims map[string]string
	// master is the file that has the process id of the process that stays when
	// the server reloads; without it, it is the one that was started.
	master string
}

// An instance is one server under test, with all its files in one folder.
type instance struct {
	dir, address, port  string
	config              string // the file that configuration lines go to
	cert, key, password string
	name                string // of the site
}

const fixedSite = "mend.example.test"

// brokenChain is served without its intermediates, and is valid now: real
// clients look at the clock.
func brokenChain(t *testing.T) *tlstest.Recipe {
	t.Helper()
	r, err := tlstest.ParseRecipe("broken", `
at `+time.Now().UTC().Format(time.DateOnly)+`
name `+fixedSite+`
root R keytype=rsa2048 from=-400d to=+4000d
ca I by R keytype=rsa2048 from=-300d to=+2000d
ca J by I keytype=rsa2048 from=-300d to=+2000d
leaf L by J keytype=rsa2048 san=`+fixedSite+` from=-20d to=+60d
present L
anchors R
pool I J
`)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFixMendsRealServers(t *testing.T) {
	openssl := tlstest.Program(t, "openssl", "openssl")
	gnutls := tlstest.Program(t, "gnutls-cli", "gnutls-bin")
	r := brokenChain(t)
	java := newJavaClient(t, write(t, t.TempDir(), "roots.pem", pemOf(r.Anchors...)))
	for _, s := range fixableServers {
		t.Run(s.kind, func(t *testing.T) {
			tlstest.Program(t, s.program, s.debian)
			dir := t.TempDir()
			i := &instance{dir: dir, address: freeAddress(t), name: fixedSite, password: "changeit"}
			i.port = i.address[strings.LastIndex(i.address, ":")+1:]
			i.cert, i.key = write(t, dir, "site.pem", pemOf(r.Presented...)), write(t, dir, "site.key", keyPEM(t, r.LeafKey.Signer))
			roots, pool := write(t, dir, "roots.pem", pemOf(r.Anchors...)), write(t, dir, "pool.pem", pemOf(r.Pool...))
			supervise(t, i, s.configure(i, t))

			target := i.name + "@" + i.address
			if code, out := typed(t, "scan", "--add-roots", roots, "--pool", pool, target); code != exitFindings || !strings.Contains(out, "missing-intermediate") {
				t.Fatalf("the chain is to be broken at first: exit code %d\n%s", code, out)
			}
			fixes := filepath.Join(dir, "it's mended") // the quoting is part of it
			if s.kind == "postfix" {
				fixes = filepath.Join(dir, "mended") // which cannot quote
			}
			args := []string{"fix", "--server", s.kind, "-d", fixes, "--add-roots", roots, "--pool", pool}
			if s.withKey {
				args = append(args, "--key", i.key)
			}
			code, out := typed(t, append(args, target)...)
			if code != exitClean {
				t.Fatalf("fix: exit code %d\n%s", code, out)
			}
			old := i.workers(t, s)
			i.apply(t, out, s.shims)
			// A reload takes effect when the server is ready for it: a process that
			// was there before may answer beside the new ones until it ends.
			await(t, func() bool {
				return !slices.ContainsFunc(i.workers(t, s), func(pid int) bool { return slices.Contains(old, pid) })
			},
				func() string { return fmt.Sprintf("of the processes %v there still accept %v", old, i.workers(t, s)) })
			await(t, func() bool {
				code, out = typed(t, "scan", "--add-roots", roots, "--fail-on", "info", target)
				return code == exitClean
			}, func() string { return out })

			accepts(t, openssl, "s_client", "-connect", i.address, "-servername", i.name, "-verify_hostname", i.name, "-verify_return_error", "-CAfile", roots)
			accepts(t, gnutls, "--x509cafile", roots, "--sni-hostname", i.name, "--verify-hostname", i.name, "-p", i.port, i.host())
			java.accepts(t, i.host(), i.port, i.name)
		})
	}
}

func (i *instance) host() string { return strings.TrimSuffix(i.address, ":"+i.port) }

// workers returns the processes that accept connections and that a reload
// replaces: all but the server's master. A server of one process has none.
func (i *instance) workers(t *testing.T, s fixableServer) []int {
	t.Helper()
	file := filepath.Join(i.dir, cmp.Or(s.master, "supervised"))
	master, err := strconv.Atoi(strings.TrimSpace(string(read(t, file))))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return slices.DeleteFunc(acceptors(t, i.address), func(pid int) bool { return pid == master })
}

// apply does what fix printed: lines of configuration take the place of those
// that begin with the same word, and commands are typed into a shell.
func (i *instance) apply(t *testing.T, printed string, shims map[string]string) {
	t.Helper()
	bin := filepath.Join(i.dir, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range shims {
		text = strings.NewReplacer("DIR", i.dir, "CONFIG", i.config).Replace(text)
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var variables []string
	done := 0
	for _, line := range strings.Split(printed, "\n") {
		line, ok := strings.CutPrefix(line, "         ")
		if !ok || strings.HasPrefix(line, name+" ") {
			continue
		}
		switch word, _, _ := strings.Cut(line, " "); {
		case strings.HasPrefix(line, "KEYSTORE="):
			variables = append(variables, "KEYSTORE="+filepath.Join(i.dir, "keystore.p12"))
		case strings.HasPrefix(line, "ALIAS="):
			variables = append(variables, line)
		case i.config != "" && i.configure(t, word, strings.Replace(line, " :443 ", " "+i.address+" ", 1)):
			done++
		case shims[word] != "" || word == "keytool":
			cmd := exec.Command("/bin/sh", "-e", "-c", strings.Join(append(variables, line), "\n"))
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH")+":/usr/sbin")
			cmd.Stdin = strings.NewReader(strings.Repeat(i.password+"\n", 3))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", line, err, out)
			}
			done++
		}
	}
	if done < 2 {
		t.Fatalf("only %d of the steps could be applied:\n%s", done, printed)
	}
}

// configure puts a line in the place of the one that begins with the same word.
func (i *instance) configure(t *testing.T, word, line string) bool {
	t.Helper()
	text, err := os.ReadFile(i.config)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for n, old := range lines {
		if first, _, _ := strings.Cut(strings.TrimSpace(old), " "); first == word {
			lines[n] = line
			write(t, i.dir, filepath.Base(i.config), []byte(strings.Join(lines, "\n")))
			return true
		}
	}
	return false
}

// typed runs the program as its users get it.
func typed(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	cmd := exec.Command(builtBinary(t), args...)
	cmd.Env = append(os.Environ(), "TLSCHAIN_PASSWORD=changeit")
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(text)
}

// accepts runs a client that must be content.
func accepts(t *testing.T, program string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin = bytes.NewReader(nil)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s refuses: %v\n%s", filepath.Base(program), err, out)
	}
}

// startUntilEnd runs a program until the test ends; said gives what it wrote to
// stderr so far.
func startUntilEnd(t *testing.T, cmd *exec.Cmd) (said func() string) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stderr = log
	system.OwnGroup(t, cmd) // its workers end with it
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		system.KillGroup(cmd)
		cmd.Wait()
	})
	return func() string { return string(read(t, log.Name())) }
}

// await asks until something holds; the test's own deadline bounds it.
func await(t *testing.T, holds func() bool, state func() string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); {
		if time.Now().After(end) {
			t.Fatalf("it never came to be:\n%s", state())
		}
		time.Sleep(20 * time.Millisecond) // ask again
	}
}

// A javaClient is Java's own TLS client with its default settings: one process
// that connects to what it is told.
type javaClient struct {
	ask io.Writer
	say *bufio.Scanner
	log func() string
}

// It gets an address, a port and a name a line, and answers ok or what went wrong.
const javaSource = `import java.io.*;
import java.net.*;
import java.security.KeyStore;
import java.security.cert.*;
import javax.net.ssl.*;
public class Client {
	public static void main(String[] a) throws Exception {
		KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
		roots.load(null, null);
		try (InputStream in = new FileInputStream(a[0])) {
			for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(in))
				roots.setCertificateEntry("root" + roots.size(), c);
		}
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(roots);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
		for (String line; (line = in.readLine()) != null; ) {
			String[] to = line.split(" ");
			// The name is checked against the certificate, whatever the address.
			InetAddress address = InetAddress.getByAddress(to[2], InetAddress.getByName(to[0]).getAddress());
			try (SSLSocket s = (SSLSocket) context.getSocketFactory().createSocket(address, Integer.parseInt(to[1]))) {
				SSLParameters p = s.getSSLParameters();
				p.setEndpointIdentificationAlgorithm("HTTPS");
				p.setServerNames(java.util.List.of(new SNIHostName(to[2])));
				s.setSSLParameters(p);
				s.startHandshake();
				System.out.println("ok");
			} catch (IOException e) {
				System.out.println(e.toString().replace('\n', ' '));
			}
		}
	}
}
`

// newJavaClient starts a client that trusts the roots of a file.
func newJavaClient(t *testing.T, roots string) *javaClient {
	t.Helper()
	java := tlstest.Program(t, "java", "default-jdk-headless")
	tlstest.Program(t, "keytool", "default-jdk-headless") // which steps name
	tlstest.Program(t, "javac", "default-jdk-headless")
	source := write(t, t.TempDir(), "Client.java", []byte(javaSource))
	cmd := exec.Command(java, "-XX:TieredStopAtLevel=1", source, roots)
	ask, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	say, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	return &javaClient{ask, bufio.NewScanner(say), startUntilEnd(t, cmd)}
}

func (c *javaClient) accepts(t *testing.T, host, port, name string) {
	t.Helper()
	if _, err := fmt.Fprintln(c.ask, host, port, name); err != nil {
		t.Fatalf("java: %v\n%s", err, c.log())
	}
	if !c.say.Scan() || c.say.Text() != "ok" {
		t.Errorf("java refuses: %s\n%s", c.say.Text(), c.log())
	}
}
