package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
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
	return c.M.Run()
}

var buildOnce = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(buildDir, name)
	return binary, releaseBuild("../..", binary, false)
})

// builtBinary is the program as its users get it.
func builtBinary(t *testing.T) string {
	t.Helper()
	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}
