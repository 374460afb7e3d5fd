package conformance

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	builders "github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A client is a real TLS client and the profile that is to predict it.
type client struct {
	profile string
	version string // what the version that it tells begins with if the profile is about it
	needs   string // Debian packages, or the folder of a client that make conformance builds
	start   func(t *testing.T, dir string) (session, error)
	other   func(version string) string // the profile for other versions, empty if there is none; nil: there are none
	like    string                      // the profile that is to predict it while it has none of its own
}

// chosen reports whether the client is to be run.
func (c client) chosen() bool {
	only := os.Getenv("CONFORMANCE_CLIENTS")
	return only == "" || slices.Contains(strings.Split(only, ","), c.profile)
}

// builder is the client's own, or that of the profile that it is like.
func (c client) builder() (builders.Builder, bool) {
	if b, ok := builderOf(c.profile); ok {
		return b, true
	}
	return builderOf(c.like)
}

// builderOf is the builder of a measured client or of a platform, if there is
// a profile of it.
func builderOf(profile string) (builders.Builder, bool) {
	if b, ok := builders.Builders()[profile]; ok {
		return b, true
	}
	for _, p := range builders.Profiles(catalog.Embedded(), time.Time{}) {
		if p.ID == profile {
			return p.Builder, true
		}
	}
	return builders.Builder{}, false
}

// unavailable skips a client that cannot be started: as missing does, unless
// make conformance would have to build it first.
func (c client) unavailable(t *testing.T, err error) {
	t.Helper()
	if _, stat := os.Stat(filepath.Join(c.needs, "build")); stat == nil {
		t.Skipf("%s is not built, see make conformance: %v", c.profile, err)
	}
	tlstest.Missing(t, fmt.Sprintf("%s cannot be started: apt-get install %s: %v", c.profile, c.needs, err))
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

// clients lists all that are run: Debian's, and those that make conformance
// builds.
func clients() []client {
	return []client{
		{profile: "openssl-3.0", version: "OpenSSL 3.0.", needs: "openssl", start: newOpenSSL},
		{profile: "gnutls-3.7", version: "gnutls-cli 3.7.", needs: "gnutls-bin", start: newGnuTLS},
		{profile: "nss-3.87", version: "3.87", needs: "libnss3-tools", start: newNSS},
		{profile: "curl", version: "curl ", needs: "curl", start: newCurl},
		{profile: "go", version: "go", start: newGo},
		{profile: "java-17", version: "17.", needs: "openjdk-17-jdk-headless", start: newJava},
		{profile: "node-20", version: "v20.", needs: "nodejs", start: newNode, other: otherNode},
		{profile: "python-3.11", version: "3.11.", needs: "python3", start: newPython},
		{profile: "chrome", version: "Chrome/", needs: "chromium libnss3-tools", start: newChromium},
		{profile: "mbedtls-2.28", version: "2.28.", needs: "libmbedtls-dev gcc", start: newMbedTLS},
		{profile: "wolfssl-5.5", version: "5.5.", needs: "libwolfssl-dev gcc", start: newWolfSSL},
		{profile: "firefox", version: "Mozilla Firefox ", needs: "firefox-esr libnss3-tools", start: newFirefox},
		{profile: "bearssl-0.6", version: "0.6", needs: "libbearssl-dev gcc", start: newBearSSL},
		{profile: "botan-2.19", version: "2.19.", needs: "libbotan-2-dev g++", start: newBotan},
		{profile: "openssl-1.0.2", version: "v8.", needs: "node", start: olderNode("8")},
		{profile: "openssl-1.1.0", version: "v10.", needs: "node", start: olderNode("10")},
		{profile: "openssl-1.1.1", version: "v16.", needs: "node", start: olderNode("16")},
		{profile: "node-24", version: "v24.", needs: "node", start: olderNode("24")},
		{profile: "node-26", version: "v26.", needs: "node-26", start: newestNode, like: "node-24"},
		{profile: "python-3.13", version: "3.", needs: "python3", start: newStrictPython},
		{profile: "rustls-0.23-aws-lc", version: "0.23.", needs: "rustls", start: newRustls},
		{profile: "rustls-0.23", version: "Deno 2.", needs: "deno", start: newDeno},
		{profile: "bun", version: "Bun 1.", needs: "bun", start: newBun},
		{profile: "android-14", version: "2.5.", needs: "conscrypt", start: newConscrypt},
		{profile: "bouncycastle-1.83", version: "1.", needs: "bouncycastle", start: newBouncyCastle},
		{profile: "go-1.21", version: "go1.21", needs: "go", start: olderGo("1.21")},
		{profile: "go-1.22", version: "go1.22", needs: "go", start: olderGo("1.22"), like: "go-1.21"},
		{profile: "go-1.23", version: "go1.23", needs: "go", start: olderGo("1.23")},
		{profile: "go-1.24", version: "go1.24", needs: "go", start: olderGo("1.24"), like: "go"},
		{profile: "go-1.25", version: "go1.25", needs: "go", start: olderGo("1.25"), like: "go"},
	}
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
