package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/kubernetes"
)

// A targetList is what the user asked to scan: arguments, files, and standard
// input where "-" stands for it.
type targetList struct {
	arguments []string
	files     []string // of -f, in order
	stdin     io.Reader
	getenv    func(string) string
	clusters  map[string][]byte // lists of the hosts of clusters, by argument
	options   scanner.TargetOptions
	tags      scanner.TagFilter
	repeated  func(scanner.Target) // takes what is left out, since it came before; nil: nobody wants to know
}

// all walks the targets in the order given, each once, and the mistakes among
// them. It ends with ctx, also while it waits for standard input.
func (l *targetList) all(ctx context.Context) iter.Seq2[scanner.Target, error] {
	repeated := l.repeated
	if repeated == nil {
		repeated = func(scanner.Target) {}
	}
	return scanner.Once(l.tags.Of(l.each(ctx)), repeated)
}

func (l *targetList) each(ctx context.Context) iter.Seq2[scanner.Target, error] {
	return func(yield func(scanner.Target, error) bool) {
		goOn := true
		list := func(r io.Reader, name string) {
			for target, err := range scanner.Targets(r, name, l.options) {
				if ctx.Err() != nil {
					goOn = false
					return
				}
				if goOn = yield(target, err); !goOn {
					return
				}
			}
		}
		for _, name := range l.files {
			if name == "-" {
				list(untilDone(ctx, l.stdin), "standard input")
			} else if file, err := os.Open(name); err != nil {
				goOn = yield(scanner.Target{}, err)
			} else {
				list(file, name)
				file.Close()
			}
			if !goOn {
				return
			}
		}
		for _, text := range l.arguments {
			if text == "-" {
				list(untilDone(ctx, l.stdin), "standard input")
			} else if hosts, ok := l.clusters[text]; ok {
				list(bytes.NewReader(hosts), text)
			} else if targets, err := scanner.ParseTarget(text, l.options); err != nil {
				goOn = yield(scanner.Target{}, &argumentError{text, err})
			} else {
				for target := range targets {
					if goOn = ctx.Err() == nil && yield(target, nil); !goOn {
						return
					}
				}
			}
			if !goOn {
				return
			}
		}
	}
}

// An argumentError is a target on the command line that cannot be used.
type argumentError struct {
	text string
	error
}

// skip has a report tell what was given and could not be used, and why.
func skip(tally *reports.Tally, err error) {
	var argument *argumentError
	var of *scanner.LineError
	switch {
	case errors.As(err, &argument):
		tally.Skip(argument.text, argument.Error())
	case errors.As(err, &of):
		tally.SkipLine(of.File, of.Line, of.Err.Error())
	default:
		tally.Skip("", err.Error())
	}
}

// prepare finds what can be wrong before any connection is made: no target at
// all, a file that is not there, and where strict, the first line that cannot
// be used. Then standard input, which is read twice, is kept in a file that the
// caller removes by done.
func (l *targetList) prepare(ctx context.Context, strict bool) (done func(), err error) {
	done = func() {}
	if len(l.arguments) == 0 && len(l.files) == 0 {
		return done, usagef("no target").hintf("tlschain scan example.com, tlschain scan -f hosts.txt, or - to read them from standard input")
	}
	for _, argument := range l.arguments {
		if strings.HasPrefix(argument, kubernetes.Scheme) {
			if err := l.askCluster(ctx, argument); err != nil {
				return done, err
			}
			continue
		}
		if err := l.meantAsFile(argument); err != nil {
			return done, err
		}
	}
	for _, name := range l.files {
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
	done, err = l.keepStdin(ctx)
	if err != nil {
		return done, err
	}
	for _, err := range l.all(ctx) {
		if err != nil {
			return done, usagef("%w", err).hintf("without --strict it would be reported and left out")
		}
	}
	if file, ok := l.stdin.(*os.File); ok && l.readsStdin() {
		_, err = file.Seek(0, io.SeekStart)
	}
	return done, err
}

// askCluster reads which hosts of a cluster present its Secrets. There is no
// scan of half of them: what cannot be listed ends the command.
func (l *targetList) askCluster(ctx context.Context, argument string) error {
	cluster, err := kubernetes.Open(argument, l.getenv)
	if err != nil {
		return usagef("%s: %w", argument, err).hintf("type k8s://CONTEXT, or k8s:// for the current one")
	}
	hosts, err := cluster.Targets(ctx)
	if err != nil {
		return usagef("%s: %w", argument, err)
	}
	if bytes.Count(hosts, []byte("\n")) < 2 {
		return usagef("%s: no Ingress and no Gateway has a host with a certificate", argument)
	}
	if l.clusters == nil {
		l.clusters = make(map[string][]byte)
	}
	l.clusters[argument] = hosts
	return nil
}

// fileEndings are those of lists and of certificates. No host on the Internet
// has a name that ends so.
var fileEndings = []string{".txt", ".csv", ".tsv", ".lst", ".list", ".ini", ".hosts", ".yml", ".yaml", ".json", ".gnmap", ".nmap",
	".pem", ".crt", ".cer", ".der", ".p7b", ".p12", ".pfx", ".jks"}

// meantAsFile finds an argument that names a file rather than a host: its
// ending is that of files, or it is there and no host could be called so.
func (l *targetList) meantAsFile(argument string) error {
	info, err := os.Stat(argument)
	likeFile := slices.Contains(fileEndings, strings.ToLower(filepath.Ext(argument)))
	if err != nil && likeFile {
		return usagef("%s: %w", argument, errors.Unwrap(err)).hintf("a host of this name is typed with its port: %s:443", argument)
	}
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if _, notHost := scanner.ParseTarget(argument, l.options); notHost == nil && !likeFile {
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

func (l *targetList) readsStdin() bool {
	for _, lists := range [][]string{l.arguments, l.files} {
		for _, name := range lists {
			if name == "-" {
				return true
			}
		}
	}
	return false
}

func (l *targetList) keepStdin(ctx context.Context) (done func(), err error) {
	done = func() {}
	if !l.readsStdin() {
		return done, nil
	}
	file, err := os.CreateTemp("", name+"-targets-*")
	if err != nil {
		return done, fmt.Errorf("keeping standard input: %w", err)
	}
	done = func() {
		file.Close()
		os.Remove(file.Name())
	}
	if _, err := io.Copy(file, untilDone(ctx, l.stdin)); err != nil {
		return done, fmt.Errorf("keeping standard input: %w", err)
	}
	_, err = file.Seek(0, io.SeekStart)
	l.stdin = file
	return done, err
}

// untilDone reads from r until ctx ends. A read that is under way then cannot
// be called off; it is left behind, to end with the process.
func untilDone(ctx context.Context, r io.Reader) io.Reader {
	if _, ok := r.(*os.File); !ok {
		return r
	}
	pr, pw := io.Pipe()
	go func() {
		_, err := io.Copy(pw, r)
		pw.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { pr.CloseWithError(errors.New("interrupted")) })
	return pr
}
