package tlschain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/kubernetes"
)

// A TargetList is what is asked to be scanned: targets, files of targets, and
// standard input where "-" stands for it.
type TargetList struct {
	Arguments []string  // targets as they are typed; "-" is standard input
	Files     []string  // lists of targets, in order; "-" is standard input
	Stdin     io.Reader // for "-"
	Options   scanner.TargetOptions
	Tags      scanner.TagFilter    // only the targets that it lets through
	Repeated  func(scanner.Repeat) // takes what is left out, since it came before; nil: nobody wants to know

	clusters map[string][]byte // lists of the hosts of clusters, by argument
}

// All walks the targets, those of Files first, each once, and the mistakes among
// them. It ends with ctx, also while it waits for standard input.
func (l *TargetList) All(ctx context.Context) iter.Seq2[scanner.Target, error] {
	repeated := l.Repeated
	if repeated == nil {
		repeated = func(scanner.Repeat) {}
	}
	return scanner.Once(l.Tags.Of(l.each(ctx)), repeated)
}

func (l *TargetList) each(ctx context.Context) iter.Seq2[scanner.Target, error] {
	return func(yield func(scanner.Target, error) bool) {
		goOn := true
		list := func(r io.Reader, name string) {
			for target, err := range scanner.Targets(r, name, l.Options) {
				if ctx.Err() != nil {
					goOn = false
					return
				}
				if goOn = yield(target, err); !goOn {
					return
				}
			}
		}
		for _, name := range l.Files {
			if name == "-" {
				list(UntilDone(ctx, l.Stdin), "standard input")
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
		for _, text := range l.Arguments {
			if text == "-" {
				list(UntilDone(ctx, l.Stdin), "standard input")
			} else if hosts, ok := l.clusters[text]; ok {
				list(bytes.NewReader(hosts), text)
			} else if targets, err := scanner.ParseTarget(text, l.Options); err != nil {
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

// An argumentError is one of the Arguments of a [TargetList] that is no target.
type argumentError struct {
	text string
	err  error
}

func (e *argumentError) Error() string { return e.err.Error() }
func (e *argumentError) Unwrap() error { return e.err }

// SkipTarget has a report tell what a [TargetList] was given and could not be
// used, and why.
func SkipTarget(tally *reports.Tally, err error) {
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

// AddCluster reads which hosts of a cluster present its Secrets: its targets
// stand where the argument does. There is no scan of half of them: what cannot
// be listed is an error.
func (l *TargetList) AddCluster(ctx context.Context, argument string, cluster *kubernetes.Cluster) error {
	hosts, err := cluster.Targets(ctx)
	if err != nil {
		return err
	}
	if bytes.Count(hosts, []byte("\n")) < 2 {
		return errors.New("no Ingress and no Gateway has a host with a certificate")
	}
	if l.clusters == nil {
		l.clusters = make(map[string][]byte)
	}
	l.clusters[argument] = hosts
	return nil
}

// ReadsStdin reports whether standard input is one of the lists.
func (l *TargetList) ReadsStdin() bool {
	return slices.Contains(l.Arguments, "-") || slices.Contains(l.Files, "-")
}

// FirstMistake walks the list before it is scanned, and gives the first mistake in
// it. Standard input, which is read twice then, is kept in a file that done
// removes.
func (l *TargetList) FirstMistake(ctx context.Context) (mistake error, done func(), err error) {
	done, err = l.keepStdin(ctx)
	if err != nil {
		return nil, done, err
	}
	for _, mistake := range l.each(ctx) {
		if mistake != nil {
			return mistake, done, nil
		}
	}
	if file, ok := l.Stdin.(*os.File); ok && l.ReadsStdin() {
		_, err = file.Seek(0, io.SeekStart)
	}
	return nil, done, err
}

func (l *TargetList) keepStdin(ctx context.Context) (done func(), err error) {
	done = func() {}
	if !l.ReadsStdin() {
		return done, nil
	}
	file, err := os.CreateTemp("", "tlschain-targets-*")
	if err != nil {
		return done, fmt.Errorf("keeping standard input: %w", err)
	}
	gone := os.Remove(file.Name()) == nil // at once, so that a kill leaves nothing; Windows keeps what is open
	done = func() {
		file.Close()
		if !gone {
			os.Remove(file.Name())
		}
	}
	if _, err := io.Copy(file, UntilDone(ctx, l.Stdin)); err != nil {
		return done, fmt.Errorf("keeping standard input: %w", err)
	}
	_, err = file.Seek(0, io.SeekStart)
	l.Stdin = file
	return done, err
}

// UntilDone reads from r until ctx ends. A read of a file that is under way then
// cannot be called off; it is left behind, to end with the process.
func UntilDone(ctx context.Context, r io.Reader) io.Reader {
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
