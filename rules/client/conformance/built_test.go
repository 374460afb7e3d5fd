package conformance

import (
	"path/filepath"
	"testing"
)

// built is the path of a program that make conformance builds.
func built(client, program string) string {
	path, err := filepath.Abs(filepath.Join(client, "built", program))
	if err != nil {
		return program
	}
	return path
}

// newestNode is the newest from npm, with an OpenSSL of its own.
func newestNode(t *testing.T, dir string) (session, error) {
	return newDriver(t, dir, built("node-26", "node_modules/.bin/node"), source(t, "client.js"))
}

// olderNode is a major version from npm, with an OpenSSL of its own.
func olderNode(major string) func(*testing.T, string) (session, error) {
	return func(t *testing.T, dir string) (session, error) {
		return newDriver(t, dir, built("node", major+"/node_modules/.bin/node"), source(t, "client.js"))
	}
}

func newBun(t *testing.T, dir string) (session, error) {
	return newDriver(t, dir, built("bun", "node_modules/.bin/bun"), source(t, "client.js"))
}

func newDeno(t *testing.T, dir string) (session, error) {
	return newDriver(t, dir, built("deno", "node_modules/.bin/deno"), "run", "--allow-all", source(t, "deno.js"))
}

// newStrictPython is the system's Python with the flags that are the default
// from 3.13 on.
func newStrictPython(t *testing.T, dir string) (session, error) {
	return newDriver(t, dir, "/usr/bin/python3", "-I", source(t, "client.py"), "strict")
}

func newRustls(t *testing.T, dir string) (session, error) {
	return newDriver(t, dir, built("rustls", "client"))
}

func newConscrypt(t *testing.T, dir string) (session, error) { return newMain(t, dir, "conscrypt") }

func newBouncyCastle(t *testing.T, dir string) (session, error) {
	return newMain(t, dir, "bouncycastle")
}

// newMain runs a client's class Main with the libraries beside it.
func newMain(t *testing.T, dir, client string) (session, error) {
	path := built(client, "") + ":" + built(client, "*")
	return newDriver(t, dir, "java", "-XX:TieredStopAtLevel=1", "-Djava.security.egd=file:/dev/urandom", "-cp", path, "Main")
}

// olderGo is a client compiled by an older release.
func olderGo(version string) func(*testing.T, string) (session, error) {
	return func(t *testing.T, dir string) (session, error) { return newDriver(t, dir, built("go", "go-"+version)) }
}
