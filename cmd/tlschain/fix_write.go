package main

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/rules/install"
	"github.com/tlschain/tlschain/scanner/serverheader"
)

// write writes what was fixed. Of several endpoints, the issuers are written
// once for each distinct fix: "312 hosts need this file".
func (f *fixing) write(ctx context.Context, fixed []*fixTarget) error {
	if len(fixed) > 1 {
		if err := f.writeBundles(fixed); err != nil {
			return err
		}
		if f.kind == nil && !f.pfx {
			f.printf("For each server's own files and steps, add --server KIND.\n")
			return nil
		}
	}
	taken := make(map[string]bool)
	for _, a := range fixed {
		kind, ok := f.kindOf(ctx, a)
		if !ok && f.pfx { // PFX is what Windows takes
			var err error
			if kind, err = install.Lookup("iis"); err != nil {
				return err
			}
			ok = true
		}
		if !ok {
			if err := f.plainly(a, taken); err != nil {
				return err
			}
			continue
		}
		if err := f.server(a, kind, taken); err != nil {
			return err
		}
	}
	return nil
}

// writeBundles writes the issuers of each distinct fix, and says who needs them.
func (f *fixing) writeBundles(fixed []*fixTarget) error {
	var order []cert.Hash
	needs := make(map[cert.Hash][]*fixTarget)
	for _, a := range fixed {
		h := fix.HashOf(a.bundle)
		if needs[h] == nil {
			order = append(order, h)
		}
		needs[h] = append(needs[h], a)
	}
	for _, h := range order {
		first := needs[h][0]
		if len(first.bundle) == 0 {
			f.printf("%s: no certificate is to stand behind the server's own.\n", reports.Plural(len(needs[h]), "endpoint"))
			continue
		}
		name := "issuers-" + h.String()[:12] + ".pem"
		if err := f.folder.write(name, certfile.PEM(bytesOf(first.bundle)...), false); err != nil {
			return err
		}
		f.printf("%s: %s, to stand behind the server's own certificate; needed by %s (bundle_sha256 %s):\n",
			filepath.Join(f.folder.path, name), reports.Plural(len(first.bundle), "certificate"), reports.Plural(len(needs[h]), "endpoint"), h)
		for i, a := range needs[h] {
			if i == 20 {
				f.printf("  and %d more\n", len(needs[h])-i)
				break
			}
			f.printf("  %s\n", a.label)
		}
	}
	f.printf("\n")
	return nil
}

func bytesOf(bundle []fix.Certificate) (ders [][]byte) {
	for _, c := range bundle {
		ders = append(ders, c.Cert.Raw)
	}
	return ders
}

// kindOf is the kind that the user named, or the one that the server says it is.
func (f *fixing) kindOf(ctx context.Context, a *fixTarget) (install.Kind, bool) {
	if f.kind != nil {
		return *f.kind, true
	}
	if a.addr.IsValid() && a.dialect == "" {
		if header, err := serverheader.Server(ctx, a.addr, a.host); err == nil {
			if k, ok := install.FromHeader(header); ok {
				f.printf("%s says that it is %s; --server chooses another kind.\n", a.label, k.Title)
				return k, true
			}
		}
	}
	return install.Kind{}, false
}

// plainly writes the full chain for a server of unknown kind.
func (f *fixing) plainly(a *fixTarget, taken map[string]bool) error {
	name := f.nameOf(a, taken) + ".fullchain.pem"
	if err := f.folder.write(name, certfile.PEM(append([][]byte{a.leaf}, bytesOf(a.bundle)...)...), false); err != nil {
		return err
	}
	f.printf("wrote %s: %s\n", filepath.Join(f.folder.path, name), install.Fullchain)
	f.printf("What to do with it is for the kind of server: add --server with one of %s.\n", kindList())
	return nil
}

// nameOf gives a name to the files of an endpoint that no other has.
func (f *fixing) nameOf(a *fixTarget, taken map[string]bool) string {
	name := install.SafeName(a.name)
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", install.SafeName(a.name), n)
	}
	taken[name] = true
	return name
}

// server writes the files of one kind of server and prints the steps.
func (f *fixing) server(a *fixTarget, kind install.Kind, taken map[string]bool) error {
	sum := sha1.Sum(a.leaf) // Windows calls certificates by it
	job := install.Job{
		Name: f.nameOf(a, taken), Dir: f.folder.path, Issuers: len(a.bundle), PFX: f.pfx,
		Thumbprint: hex.EncodeToString(sum[:]), Twins: f.engine.Twins(a.bundle),
	}
	if f.keyFile != "" {
		job.Key = absolute(f.keyFile)
	}
	files := kind.Files(job)
	look := a.look
	if look == nil {
		look = []string{"scan", install.AnyHost}
	}
	config := f.engine.Config()
	job.Verify = append(append([]string{name}, look...), config.Flags(tlschain.ScanCommand)...)
	for i, word := range job.Verify {
		job.Verify[i] = reports.Clean(word)
	}
	content := install.Content{Leaf: a.leaf, Issuers: bytesOf(a.bundle), Key: f.key, Password: f.password}
	for _, file := range files {
		text, err := kind.Encode(file, content)
		if errors.Is(err, install.ErrNoPassword) {
			return usagef("%w", err).hintf("type --password-file FILE, or set TLSCHAIN_PASSWORD")
		}
		if err != nil {
			return err
		}
		if err := f.folder.write(file.Name, text, file.Private()); err != nil {
			return err
		}
		f.printf("wrote %s: %s\n", filepath.Join(f.folder.path, file.Name), file.Form)
	}
	f.printf("\n%s, %s:\n", a.label, kind.Title)
	for i, step := range kind.Steps(job) {
		f.printf("\n%3d. %s\n", i+1, step.Say(f.language))
		for _, line := range step.Lines {
			fmt.Fprintf(f.stdout, "         %s\n", line) // of pasteable words, and whole, however long
		}
	}
	f.printf("\n")
	return nil
}

func absolute(path string) string {
	if a, err := filepath.Abs(path); err == nil && !strings.HasPrefix(path, "-") {
		return a
	}
	return path
}
