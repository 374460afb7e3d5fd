package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(cleaning{m}, map[string]func(){name: main})
}

// buildDir holds the binary of builtBinary.
var buildDir = filepath.Join(os.TempDir(), fmt.Sprintf("tlschain-test-%d", os.Getpid()))

// cleaning removes the binary after all tests.
type cleaning struct{ *testing.M }

func (c cleaning) Run() int {
	defer os.RemoveAll(buildDir)
	if signal.Ignored(syscall.SIGHUP) { // nohup make test: what is tested would not hear of a closed terminal either
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	return c.M.Run()
}

var buildOnce = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(buildDir, name)
	return binary, releaseBuild("../..", binary, false)
})

// builtBinary is the program as its users get it. Of short tests it is the program
// that is in the test's own already, which costs no second build.
func builtBinary(t *testing.T) string {
	t.Helper()
	build := buildOnce
	if testing.Short() {
		build = func() (string, error) { return exec.LookPath(name) } // of testscript.Main
	}
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}
