package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/kubernetes"
)

// prepare finds what can be wrong before any connection is made: no target at
// all, a file that is not there, and where strict, the first line that cannot
// be used. The caller ends by done.
func (p *process) prepare(ctx context.Context, l *tlschain.TargetList, strict bool) (done func(), err error) {
	done = func() {}
	if len(l.Arguments) == 0 && len(l.Files) == 0 {
		return done, usagef("no target").hintf("tlschain scan example.com, tlschain scan -f hosts.txt, or - to read them from standard input")
	}
	for _, argument := range l.Arguments {
		if strings.HasPrefix(argument, kubernetes.Scheme) {
			cluster, err := p.openCluster(argument)
			if err != nil {
				return done, err
			}
			if err := l.AddCluster(ctx, argument, cluster); err != nil {
				return done, usagef("%s: %w", argument, err)
			}
			continue
		}
		if err := meantAsFile(argument, l.Options); err != nil {
			return done, err
		}
	}
	for _, name := range l.Files {
		if name == "-" {
			continue
		}
		if info, err := os.Stat(name); err == nil && info.Mode()&os.ModeNamedPipe != 0 {
			continue // who writes to a pipe writes to whoever opens it first
		}
		file, err := os.Open(name)
		if err != nil {
			return done, usagef("-f %s: %w", name, errors.Unwrap(err)).hintf("-f takes a file with one target a line")
		}
		file.Close()
	}
	if !strict {
		return done, nil
	}
	mistake, done, err := l.FirstMistake(ctx)
	if mistake != nil {
		err = usagef("%w", mistake).hintf("without --strict it would be reported and left out")
	}
	return done, err
}

// openCluster reads how to reach the cluster that k8s://CONTEXT means.
func (p *process) openCluster(argument string) (*kubernetes.Cluster, error) {
	cluster, err := kubernetes.Open(argument, p.getenv)
	if err != nil {
		return nil, usagef("%s: %w", argument, err).hintf("type k8s://CONTEXT, or k8s:// for the current one")
	}
	return cluster, nil
}

// fileEndings are those of lists and of certificates. No host on the Internet
// has a name that ends so.
var fileEndings = []string{".txt", ".csv", ".tsv", ".lst", ".list", ".ini", ".hosts", ".yml", ".yaml", ".json", ".gnmap", ".nmap",
	".pem", ".crt", ".cer", ".der", ".p7b", ".p12", ".pfx", ".jks"}

// meantAsFile finds an argument that names a file rather than a host: its
// ending is that of files, or it is there and no host could be called so.
func meantAsFile(argument string, options scanner.TargetOptions) error {
	info, err := os.Stat(argument)
	likeFile := slices.Contains(fileEndings, strings.ToLower(filepath.Ext(argument)))
	if err != nil && likeFile {
		return usagef("%s: %w", argument, errors.Unwrap(err)).hintf("a host of this name is typed with its port: %s:443", argument)
	}
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if _, notHost := scanner.ParseTarget(argument, options); notHost == nil && !likeFile {
		return nil
	}
	wrong := usagef("%s is a file", argument)
	if data, err := (&tlschain.Env{}).ReadFile(argument); err == nil {
		if _, err := certfile.Certificates(data); err == nil {
			return wrong.hintf("did you mean %s check %s?", name, argument)
		}
	}
	return wrong.hintf("did you mean -f %s? it takes a list of targets", argument)
}
