//go:build unix

package starttls

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// The real_*_test.go files talk to real servers, as Debian packages them. Each
// server is configured in a folder of its own, started on a free port of
// loopback, and killed with everything it started when its test ends.

// A house is the folder of one server, with a chain to present: leaf,
// intermediate and root, all RSA, since some servers know nothing else.
type house struct {
	*testing.T
	dir   string
	owner *syscall.Credential // who runs the server, if not we
	want  [][]byte
}

// newHouse needs a program from a package, and without it skips the test, or
// fails it where everything must be there.
func newHouse(t *testing.T, program, debianPackage string) *house {
	t.Helper()
	tlstest.Program(t, program, debianPackage)
	mk := tlstest.For(t)
	rsa := func(label string) func(*tlstest.Template) {
		return func(c *tlstest.Template) { c.Key = mk.Key(label, "rsa2048") }
	}
	root := mk.Root("R", rsa("R"))
	inter := mk.Intermediate("I", root, rsa("I"))
	leaf := mk.Leaf("L", inter, rsa("L"))
	key, err := x509.MarshalPKCS8PrivateKey(leaf.Key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	// Not t.TempDir: its path is longer than a unix socket's may be.
	dir, err := os.MkdirTemp("", "starttls")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, dir: dir, want: [][]byte{leaf.DER, inter.DER, root.DER}}
	h.write("chain.pem", string(leaf.PEM())+string(inter.PEM())+string(root.PEM()))
	h.write("leaf.pem", string(leaf.PEM()))
	h.write("cas.pem", string(inter.PEM())+string(root.PEM()))
	h.write("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	return h
}

// find looks for a program where users have theirs, and where servers are.
func find(program string) (string, error) {
	if path, err := exec.LookPath(program); err == nil {
		return path, nil
	}
	return exec.LookPath(filepath.Join("/usr/sbin", program))
}

// path is that of a file in the house.
func (h *house) path(name string) string { return filepath.Join(h.dir, name) }

// write puts a file into the house; $DIR in it stands for the folder, $HOST for
// the address to listen at.
func (h *house) write(name, content string) {
	h.Helper()
	if err := os.MkdirAll(filepath.Dir(h.path(name)), 0o755); err != nil {
		h.Fatal(err)
	}
	content = strings.NewReplacer("$DIR", h.dir, "$HOST", tlstest.OwnHost()).Replace(content)
	if err := os.WriteFile(h.path(name), []byte(content), 0o600); err != nil {
		h.Fatal(err)
	}
}

// giveTo hands the house to a user who then runs the server, if we are root:
// some servers refuse to run as root.
func (h *house) giveTo(name string) {
	h.Helper()
	if os.Geteuid() != 0 {
		return
	}
	who, err := user.Lookup(name)
	if err != nil {
		h.Fatal(err)
	}
	uid, _ := strconv.Atoi(who.Uid)
	gid, _ := strconv.Atoi(who.Gid)
	h.owner = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	err = filepath.WalkDir(h.dir, func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, uid, gid))
	})
	if err != nil {
		h.Fatal(err)
	}
}

// command is a program run as the house's owner, in the house.
func (h *house) command(program string, args ...string) *exec.Cmd {
	if path, err := find(program); err == nil {
		program = path
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = h.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: h.owner}
	cmd.Env = append(os.Environ(), "HOME="+h.dir, "LC_ALL=C")
	return cmd
}

// run runs a program to its end.
func (h *house) run(program string, args ...string) {
	h.Helper()
	if out, err := h.command(program, args...).CombinedOutput(); err != nil {
		h.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// start starts a server that stays in the foreground, and returns when it
// listens at all the ports. It and its children end with the test.
func (h *house) start(ports []uint16, program string, args ...string) {
	h.Helper()
	var said bytes.Buffer
	cmd := h.command(program, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = time.Second // its children may hold the pipe
	if err := cmd.Start(); err != nil {
		h.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	h.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
		}
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended
		if h.Failed() {
			h.Logf("%s said:\n%s", program, said.String())
		}
	})
	for _, port := range ports {
		for {
			conn, err := net.Dial("tcp", at(port))
			if err == nil {
				conn.Close()
				break
			}
			select {
			case <-ended:
				h.Fatalf("%s ended:\n%s", program, said.String())
			case <-time.After(20 * time.Millisecond): // nothing tells when a foreign server listens
			}
		}
	}
}

func at(port uint16) string { return net.JoinHostPort(tlstest.OwnHost(), strconv.Itoa(int(port))) }

// freePorts finds ports that nothing listens at just now.
func freePorts(t *testing.T, n int) []uint16 {
	t.Helper()
	var ports []uint16
	for range n {
		l, err := net.Listen("tcp", at(0))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, uint16(l.Addr().(*net.TCPAddr).Port))
	}
	return ports
}

// captures upgrades and checks that the chain is captured.
func (h *house) captures(dialect string, port uint16) {
	h.Helper()
	got, err := realChain(dialect, port)
	if err != nil {
		h.Errorf("%v", err)
		return
	}
	if !slices.EqualFunc(got, h.want, bytes.Equal) {
		h.Errorf("%s: %d certificates, not the %d of the file", dialect, len(got), len(h.want))
	}
}

// fails checks that a server which has no TLS, or no room, is told apart.
func (h *house) fails(dialect string, port uint16, kind Kind) {
	h.Helper()
	_, err := realChain(dialect, port)
	var failure *Error
	if !errors.As(err, &failure) || failure.Kind != kind {
		h.Errorf("%v, want a failure of the kind %q", err, kind)
	}
}

func realChain(dialect string, port uint16) ([][]byte, error) {
	conn, err := net.Dial("tcp", at(port))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	if err := Upgrade(context.Background(), conn, dialect, "localhost"); err != nil {
		return nil, err
	}
	var chain [][]byte
	client := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
		chain = raw
		return nil
	}})
	err = client.Handshake()
	if len(chain) == 0 {
		return nil, fmt.Errorf("after the go-ahead of %s: %w", dialect, err)
	}
	return chain, nil
}
