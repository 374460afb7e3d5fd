package main

import (
	"context"
	"strings"

	"github.com/tlschain/tlschain"
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
	if err := l.CheckFiles(); err != nil {
		return done, usagef("-f %w", err).hintf("-f takes a file with one target a line")
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

// meantAsFile is the error of an argument that names a file rather than a host.
func meantAsFile(argument string, options scanner.TargetOptions) error {
	kind, err := tlschain.KindOf(argument, options)
	switch kind {
	case tlschain.NoFile:
		return usagef("%s: %w", argument, err).hintf("a host of this name is typed with its port: %s:443", argument)
	case tlschain.CertificateFile:
		return usagef("%s is a file", argument).hintf("did you mean %s check %s?", name, argument)
	case tlschain.OtherFile:
		return usagef("%s is a file", argument).hintf("did you mean -f %s? it takes a list of targets", argument)
	}
	return nil
}
