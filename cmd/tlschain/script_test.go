package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/golden"
)

// TestScript runs the transcripts of testdata/script. Beside testscript's own
// commands they have:
//
//	recipe FILE.txt        makes FILE.pem (as presented), FILE.key, roots.pem and pool.pem
//	serve NAME FILE.txt    presents it; $NAME is the server's address, $NAMEPORT its port
//	envsubst IN OUT        copies a file with its $VARIABLES filled in
//	jks FILE.txt PASSWORD  makes FILE.jks
//	code N COMMAND...      runs a command that must end with exit code N
//
// and the condition [have:PROGRAM], which is an error in continuous integration
// where the program is missing.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		UpdateScripts:       golden.Update(),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"recipe":   scriptRecipe,
			"serve":    scriptServe,
			"envsubst": scriptEnvsubst,
			"jks":      scriptJKS,
			"code":     scriptCode,
		},
		Condition: func(cond string) (bool, error) {
			program, ok := strings.CutPrefix(cond, "have:")
			if !ok {
				return false, fmt.Errorf("no such condition")
			}
			if testing.Short() {
				return false, nil
			}
			_, err := exec.LookPath(program)
			if err != nil && os.Getenv("CI") == "true" {
				return false, fmt.Errorf("%s is not installed: run make deps", program)
			}
			return err == nil, nil
		},
	})
}

func parseRecipe(ts *testscript.TestScript, file string) *tlstest.Recipe {
	r, err := tlstest.ParseRecipe(file, ts.ReadFile(file))
	ts.Check(err)
	return r
}

func scriptRecipe(ts *testscript.TestScript, _ bool, args []string) {
	r := parseRecipe(ts, args[0])
	base := strings.TrimSuffix(args[0], ".txt")
	files := map[string][]byte{
		base + ".pem": pemOf(r.Presented...),
		"roots.pem":   pemOf(r.Anchors...),
		"pool.pem":    pemOf(r.Pool...),
	}
	if r.LeafKey != nil {
		der, err := x509.MarshalPKCS8PrivateKey(r.LeafKey.Signer)
		ts.Check(err)
		files[base+".key"] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	for name, content := range files {
		ts.Check(os.WriteFile(ts.MkAbs(name), content, 0o600))
	}
}

func scriptServe(ts *testscript.TestScript, _ bool, args []string) {
	server, err := tlstest.Serve(tlstest.Behaviour{Default: parseRecipe(ts, args[1]).Identity()})
	ts.Check(err)
	ts.Defer(server.Close)
	ts.Setenv(args[0], server.Addr().String())
	ts.Setenv(args[0]+"PORT", fmt.Sprint(server.Addr().Port()))
}

func scriptEnvsubst(ts *testscript.TestScript, _ bool, args []string) {
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}

func scriptJKS(ts *testscript.TestScript, _ bool, args []string) {
	r := parseRecipe(ts, args[0])
	der, err := x509.MarshalPKCS8PrivateKey(r.LeafKey.Signer)
	ts.Check(err)
	entry := keystore.PrivateKeyEntry{CreationTime: time.Unix(1, 0), PrivateKey: der}
	for _, c := range r.Presented {
		entry.CertificateChain = append(entry.CertificateChain, keystore.Certificate{Type: "X509", Content: c})
	}
	store := keystore.New()
	ts.Check(store.SetPrivateKeyEntry("tomcat", entry, []byte(args[1])))
	var out bytes.Buffer
	ts.Check(store.Store(&out, []byte(args[1])))
	ts.Check(os.WriteFile(ts.MkAbs(strings.TrimSuffix(args[0], ".txt")+".jks"), out.Bytes(), 0o600))
}

func scriptCode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
