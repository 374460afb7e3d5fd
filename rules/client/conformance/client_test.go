package conformance

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A client is a real TLS client and the profile that is to predict it.
type client struct {
	profile string
	version string // what the version that it tells begins with if the profile is about it
	needs   string // Debian packages
	start   func(t *testing.T, dir string) (session, error)
	other   func(version string) string // the profile for other versions, empty if there is none; nil: there are none
}

// A session is a client that is ready: a process that reads what to connect to
// line by line, or what it takes to start one for each connection. It ends with
// the context that it was started in.
type session interface {
	Version() string
	// Verdicts lets the client connect to each job's host, with the job's
	// anchors and no others, and gives its verdicts in the same order. An error
	// is the session's: nothing else can be had from it.
	Verdicts(ctx context.Context, jobs []job) ([]verdict, error)
}

// A job is a host to connect to on a port of 127.0.0.1.
type job struct {
	host    string
	port    string
	store   string // file of the anchors, PEM, in order
	anchors [][]byte
}

// A verdict is what a client made of the list that it was shown. A rejection
// counts only if the client blames a certificate; anything else is failed.
type verdict struct {
	accepted bool
	failed   bool // neither accepted nor rejected
	message  string
}

// clients lists all that are run.
func clients() []client {
	return []client{
		{"openssl-3.0", "OpenSSL 3.0.", "openssl", newOpenSSL, nil},
		{"gnutls-3.7", "gnutls-cli 3.7.", "gnutls-bin", newGnuTLS, nil},
		{"nss-3.87", "3.87", "libnss3-tools", newNSS, nil},
		{"curl", "curl ", "curl", newCurl, nil},
		{"go", "go", "", newGo, nil},
		{"java-17", "17.", "openjdk-17-jdk-headless", newJava, nil},
		{"node-20", "v20.", "nodejs", newNode, otherNode},
		{"python-3.11", "3.11.", "python3", newPython, nil},
		{"chrome", "Chrome/", "chromium libnss3-tools", newChromium, nil},
		{"mbedtls-2.28", "2.28.", "libmbedtls-dev gcc", newMbedTLS, nil},
		{"wolfssl-5.5", "5.5.", "libwolfssl-dev gcc", newWolfSSL, nil},
		{"firefox", "Mozilla Firefox ", "firefox-esr libnss3-tools", newFirefox, nil},
		{"bearssl-0.6", "0.6", "libbearssl-dev gcc", newBearSSL, nil},
		{"botan-2.19", "2.19.", "libbotan-2-dev g++", newBotan, nil},
	}
}

// missing skips, but not in continuous integration, where a skip would hide
// that nothing was tested.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// run runs a program to its end, with nothing on its input. Only a program that
// cannot be run is an error; otherwise its output and exit code tell.
func run(ctx context.Context, dir string, program string, args ...string) (output string, exit int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = environment(dir)
	out, err := cmd.CombinedOutput()
	if _, ok := err.(*exec.ExitError); ok && ctx.Err() == nil {
		err = nil
	}
	return string(out), cmd.ProcessState.ExitCode(), err
}

// environment lets a program find nobody's configuration or trust store but
// the one in dir, and speak English.
func environment(dir string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C.UTF-8", "TMPDIR=" + dir}
}

// lineWith is the first line of a text that contains one of the words, else "".
func lineWith(text string, words ...string) string {
	for line := range strings.Lines(text) {
		for _, word := range words {
			if strings.Contains(line, word) {
				return strings.TrimSpace(line)
			}
		}
	}
	return ""
}
