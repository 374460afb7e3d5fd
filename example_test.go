package tlschain_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// site is a server that does not send its intermediate, with files of its root
// and of that intermediate. Its certificates are made anew.
func site() (server *tlstest.Server, dir string) {
	r, err := tlstest.ParseRecipe("site", "root R\nca I by R\nleaf L by I\npresent L\nanchors R\npool I\n")
	if err != nil {
		log.Fatal(err)
	}
	if server, err = tlstest.Serve(tlstest.Behaviour{Default: r.Identity()}); err != nil {
		log.Fatal(err)
	}
	if dir, err = os.MkdirTemp("", "tlschain-example-*"); err != nil {
		log.Fatal(err)
	}
	for name, ders := range map[string][][]byte{"roots.pem": r.Anchors, "pool.pem": r.Pool, "site.pem": r.Presented} {
		var content []byte
		for _, der := range ders {
			content = append(content, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			log.Fatal(err)
		}
	}
	return server, dir
}

func Example() {
	server, dir := site()
	defer server.Close()
	defer os.RemoveAll(dir)

	engine, err := tlschain.New(tlschain.Config{
		Clients: []string{"go", "openssl-3.0"},
		Roots:   filepath.Join(dir, "roots.pem"),
		Pool:    []string{filepath.Join(dir, "pool.pem")},
		At:      tlstest.Now(),
	}, tlschain.Env{})
	if err != nil {
		log.Fatal(err)
	}
	targets, err := scanner.ParseTarget(tlstest.ServerName+"@"+server.Addr().String(), scanner.TargetOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for endpoints := range engine.Scan(context.Background(), targets) {
		for _, e := range endpoints {
			for _, f := range e.Findings {
				fmt.Println(f.Severity, f.Rule, f.Clients)
			}
			fmt.Println("one certificate fixes it:", len(e.Bundle) == 1)
		}
	}
	// Output:
	// error missing-intermediate [go openssl-3.0]
	// one certificate fixes it: true
}

func ExampleEngine_Check() {
	server, dir := site()
	defer server.Close()
	defer os.RemoveAll(dir)

	engine, err := tlschain.New(tlschain.Config{Clients: []string{"go"}, Roots: filepath.Join(dir, "roots.pem"), At: tlstest.Now()}, tlschain.Env{})
	if err != nil {
		log.Fatal(err)
	}
	chains, err := engine.Read(tlschain.File{Name: filepath.Join(dir, "site.pem")})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range chains {
		e := engine.Check(context.Background(), c)
		fmt.Println(e.Status, e.Worst(), len(e.Chain))
	}
	// Output: ok error 1
}

func ExampleEngine_PlanFix() {
	server, dir := site()
	defer server.Close()
	defer os.RemoveAll(dir)

	engine, err := tlschain.New(tlschain.Config{
		Clients: []string{"go"}, Roots: filepath.Join(dir, "roots.pem"), Pool: []string{filepath.Join(dir, "pool.pem")}, At: tlstest.Now(),
	}, tlschain.Env{})
	if err != nil {
		log.Fatal(err)
	}
	target := scanner.Target{Text: "site", Host: server.Addr().Addr().String(), Addr: server.Addr().Addr(), Port: server.Addr().Port(), ServerName: tlstest.ServerName}
	for fixes := range engine.PlanFix(context.Background(), slices.Values([]scanner.Target{target})) {
		for _, f := range fixes {
			fmt.Println("proven:", f.Plan.Fixes)
			for _, c := range f.Plan.Bundle {
				fmt.Println(c.Source, c.Cert.Subject.Common)
			}
		}
	}
	// Output:
	// proven: true
	// pool Example CA I
}

func ExampleConfig_Flags() {
	c := tlschain.Config{Clients: []string{"go"}, Roots: "our roots.pem", AIA: true}
	fmt.Printf("%q\n", c.Flags(tlschain.CheckCommand))
	// Output: ["--clients" "go" "--roots" "our roots.pem" "--aia"]
}

func ExampleFieldError() {
	_, err := tlschain.New(tlschain.Config{Family: "5"}, tlschain.Env{})
	fmt.Println(err)
	// Output: Family "5": type 4 or 6, or leave it out for both
}

// Each target comes once, and a mistake does not end the list.
func ExampleTargetList() {
	list := &tlschain.TargetList{Arguments: []string{"-", "example.com:https"}, Stdin: strings.NewReader("example.com\nexample.com:443\n")}
	for target, err := range list.All(context.Background()) {
		if err != nil {
			fmt.Println("mistake:", err)
			continue
		}
		fmt.Println(target.Host, target.Port)
	}
	// Output:
	// example.com 443
	// mistake: port "https" is not a number from 1 to 65535
}
