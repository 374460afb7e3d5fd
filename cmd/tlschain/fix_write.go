package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/install"
)

// printf prints texts of others, which are cleaned, in our own words.
func (f *fixing) printf(format string, args ...any) {
	fmt.Fprintf(f.stdout, format, reports.CleanArguments(args)...)
}

// write writes what was fixed. Of several endpoints, the issuers are written
// once for each distinct fix: "312 hosts need this file".
func (f *fixing) write(ctx context.Context) error {
	if len(f.fixed) == 0 {
		return nil
	}
	lock, err := f.folder.lock(ctx)
	if err != nil {
		return err
	}
	defer lock.Close()
	if len(f.fixed) > 1 {
		if err := f.writeIssuers(); err != nil {
			return err
		}
		if f.kind == nil && !f.pfx {
			f.printf("For each server's own files and steps, add --server KIND.\n")
			return nil
		}
	}
	for _, a := range f.fixed {
		kind, err := f.kindOf(ctx, a)
		if err != nil {
			return err
		}
		if err := f.install(a, kind); err != nil {
			return err
		}
	}
	return nil
}

// writeIssuers writes the issuers of each distinct fix, and says who needs them.
func (f *fixing) writeIssuers() error {
	for _, group := range tlschain.GroupFixes(f.fixed) {
		endpoints, issuers := reports.Plural(len(group.Targets), "endpoint"), group.Targets[0].Issuers()
		if len(issuers) == 0 {
			f.printf("%s: no certificate is to stand behind the server's own.\n", endpoints)
			continue
		}
		name := "issuers-" + group.Hash.String()[:12] + ".pem"
		if err := f.folder.write(name, certfile.PEM(issuers...), false); err != nil {
			return err
		}
		f.printf("%s: %s, to stand behind the server's own certificate; needed by %s (bundle_sha256 %s):\n",
			filepath.Join(f.folder.path, name), reports.Plural(len(issuers), "certificate"), endpoints, group.Hash)
		for i, a := range group.Targets {
			if i == 20 {
				f.printf("  and %d more\n", len(group.Targets)-i)
				break
			}
			f.printf("  %s\n", a.Label)
		}
	}
	f.printf("\n")
	return nil
}

// kindOf is the kind that the user named, or the one that the server says it is.
func (f *fixing) kindOf(ctx context.Context, a *tlschain.FixTarget) (install.Kind, error) {
	if f.kind != nil {
		return *f.kind, nil
	}
	if k, ok := a.AskKind(ctx); ok {
		f.printf("%s says that it is %s; --server chooses another kind.\n", a.Label, k.Title)
		return k, nil
	}
	if f.pfx { // which is what Windows takes
		return install.Lookup("iis")
	}
	return install.Unknown(), nil
}

// install writes the files that one kind of server takes, and prints the steps.
func (f *fixing) install(a *tlschain.FixTarget, kind install.Kind) error {
	job := f.engine.InstallJob(a, &f.names)
	job.Dir, job.PFX = f.folder.path, f.pfx
	if f.keyFile != "" {
		job.Key = absolute(f.keyFile)
	}
	content := install.Content{Leaf: a.Leaf, Issuers: a.Issuers(), Key: f.key, Password: f.password}
	for _, file := range kind.Files(job) {
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
	if kind.ID == "" {
		f.printf("What to do with it is for the kind of server: add --server with one of %s.\n", kindList())
		return nil
	}
	f.printf("\n%s, %s:\n", a.Label, kind.Title)
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
