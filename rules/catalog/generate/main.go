// Command generate writes the embedded facts of package catalog from the
// published data in a directory: CCADB's reports in ccadb/, the anchors in
// roots.pem with their membership in stores.tsv, the hierarchy of Cybertrust
// Japan in sureserver/, and in distrust/ who trusts which CA certificate until
// when; and from lists/, which holds what programs carry inside. Run it by
// `go generate ./...`. With -list it makes rows for lists/stores.tsv.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"

	"github.com/tlschain/tlschain/rules/catalog/build"
)

func main() {
	out := flag.String("o", "facts.bin", "file to write")
	lists := flag.String("lists", "lists", "folder of the lists that programs carry inside")
	store := flag.String("list", "", "write rows of `STORE|CLIENT|VERSION|DATE` for the certificates in the argument, a PEM file")
	flag.Parse()
	run := func() error { return run(*out, *lists, flag.Arg(0)) }
	if *store != "" {
		run = func() error { return listStore(os.Stdout, *store, flag.Arg(0)) }
	}
	err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(out, lists, dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		// A checkout has the facts without the data that they are made of.
		fmt.Fprintf(os.Stderr, "generate: there is no %s: %s stays as it is\n", dir, out)
		return nil
	}
	f, skipped, err := build.Published(os.DirFS(dir), os.DirFS(lists))
	if err != nil {
		return err
	}
	for _, s := range skipped {
		fmt.Fprintln(os.Stderr, "generate: left out:", s)
	}
	var buf bytes.Buffer
	if err := f.WriteUncompressed(&buf); err != nil {
		return err
	}
	return os.WriteFile(out, buf.Bytes(), 0o644)
}
