package conformance

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A driver is a program of ours around a client's library that stays for the
// whole test. It first writes its version. Then it reads lines of host, port
// and the file of anchors, and answers each by one line: accept, reject or
// error, and a message, all separated by tabs.
type driver struct {
	start   func() error
	cmd     *exec.Cmd
	in      io.Writer
	out     *bufio.Reader
	errors  strings.Builder
	version string
}

// newDriver starts a program of testdata, which is killed with the test at the
// latest.
func newDriver(t *testing.T, dir string, program string, args ...string) (session, error) {
	d := &driver{}
	d.start = func() error {
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Dir, cmd.Env = dir, environment(dir)
		d.errors.Reset()
		cmd.Stderr = &d.errors
		in, err := cmd.StdinPipe()
		if err != nil {
			return err
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return err
		}
		d.cmd, d.in, d.out = cmd, in, bufio.NewReader(out)
		if err := cmd.Start(); err != nil {
			return err
		}
		t.Cleanup(func() {
			in.Close()
			cmd.Wait()
		})
		if d.version, err = d.line(); err != nil {
			cmd.Process.Kill()
			cmd.Wait() // its errors are complete then
			return fmt.Errorf("%s says nothing: %w: %s", program, err, d.errors.String())
		}
		return nil
	}
	return d, d.start()
}

func (d *driver) line() (string, error) {
	line, err := d.out.ReadString('\n')
	return strings.TrimSuffix(line, "\n"), err
}

func (d *driver) Version() string { return d.version }

func (d *driver) Verdicts(_ context.Context, jobs []job) ([]verdict, error) {
	var out []verdict
	for _, j := range jobs {
		if _, err := fmt.Fprintf(d.in, "%s\t%s\t%s\n", j.host, j.port, j.store); err != nil {
			return nil, err
		}
		line, err := d.line()
		if err != nil {
			// The client may have crashed, which is a rejection of a kind; the
			// next one is asked by another.
			line = fmt.Sprintf("error\tcrashed, %v: %s", d.cmd.Wait(), d.errors.String())
			if err := d.start(); err != nil {
				return nil, err
			}
		}
		word, message, _ := strings.Cut(line, "\t")
		out = append(out, verdict{word == "accept", word != "accept" && word != "reject", message})
	}
	return out, nil
}

// source is the path of a program in testdata.
func source(t *testing.T, name string) string {
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func newJava(t *testing.T, dir string) (session, error) {
	return newDriver(t, dir, "java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Djava.security.egd=file:/dev/urandom", source(t, "Client.java"))
}

func newNode(t *testing.T, dir string) (session, error) {
	return newDriver(t, dir, "node", source(t, "client.js"))
}

// otherNode knows that Debian's own Node has the system's OpenSSL, and that
// others come with one of their own.
func otherNode(version string) string {
	_, library, _ := strings.Cut(version, " OpenSSL ")
	switch shared := strings.HasSuffix(library, " shared"); {
	case !strings.HasPrefix(library, "3.0."):
		return ""
	case shared:
		return "openssl-3.0"
	}
	return "node-20"
}

// newPython takes the system's, which is linked with the system's OpenSSL.
func newPython(t *testing.T, dir string) (session, error) {
	return newDriver(t, dir, "/usr/bin/python3", "-I", source(t, "client.py"))
}

func newMbedTLS(t *testing.T, dir string) (session, error) {
	return newC(t, dir, "gcc", "mbedtls.c", nil, "-lmbedtls", "-lmbedx509", "-lmbedcrypto")
}

func newWolfSSL(t *testing.T, dir string) (session, error) {
	return newC(t, dir, "gcc", "wolfssl.c", nil, "-lwolfssl")
}

// bearSSL is a library that does not tell its version.
type bearSSL struct {
	session
	version string
}

func (b bearSSL) Version() string { return b.version }

func newBearSSL(t *testing.T, dir string) (session, error) {
	version, err := packaged(t, dir, "libbearssl-dev")
	if err != nil {
		return nil, err
	}
	s, err := newC(t, dir, "gcc", "bearssl.c", nil, "-lbearssl")
	return bearSSL{s, version}, err
}

// packaged is the version of a Debian package.
func packaged(t *testing.T, dir, name string) (string, error) {
	version, _, err := run(t.Context(), dir, "dpkg-query", "-W", "-f", "${source:Upstream-Version}", name)
	return version, err
}

func newBotan(t *testing.T, dir string) (session, error) {
	return newC(t, dir, "g++", "botan.cpp", nil, "-isystem", "/usr/include/botan-2", "-lbotan-2")
}

// newC compiles a program first, and starts it with arguments.
func newC(t *testing.T, dir, compiler, name string, arguments []string, options ...string) (session, error) {
	program := filepath.Join(dir, "client")
	args := append([]string{"-O1", "-Wall", "-Werror", "-o", program, source(t, name)}, options...)
	if output, exit, err := run(t.Context(), dir, compiler, args...); err != nil || exit != 0 {
		return nil, fmt.Errorf("%s %s: exit code %d, %w: %s", compiler, name, exit, err, output)
	}
	return newDriver(t, dir, program, arguments...)
}
