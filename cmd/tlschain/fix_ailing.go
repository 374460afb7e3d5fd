package main

import (
	"context"
	"net/netip"
	"os"
	"strconv"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/scanner"
)

// An ailing endpoint is one whose chain is to be mended: a server, or a file.
type ailing struct {
	label   string            // as the user wrote it, and the address where there are several
	name    string            // the user's own words that its files are named after
	look    []string          // the command that looks again, without the program's name
	addr    netip.AddrPort    // of a server; invalid for a file
	host    string            // to ask the server for
	dialect string            // STARTTLS
	trouble string            // why there is no verdict
	verdict *rules.Verdict    // nil: it could not be judged
	plan    *fix.Plan         // nil: no list is known
	outcome outcomeOfMend     // set by explain
	bundle  []fix.Certificate // to be written; nil: nothing is
	leaf    []byte            // the certificate before it, once that is decided
}

// An outcomeOfMend is what fix can do about an endpoint.
type outcomeOfMend uint8

const (
	healthy  outcomeOfMend = iota // nothing to mend
	mendable                      // the corrected list mends it
	lacking                       // it would, and bytes are missing
	hopeless                      // no list does
)

// filesAmong tells the arguments that are files from those that are targets.
func filesAmong(arguments []string) (paths, targets []string) {
	for _, a := range arguments {
		if info, err := os.Stat(a); err == nil && !info.IsDir() {
			paths = append(paths, a)
		} else {
			targets = append(targets, a)
		}
	}
	return paths, targets
}

func (f *fixing) file(ctx context.Context, path, label string, presented rules.Presentation) *ailing {
	a := &ailing{label: label, name: stem(path) + label[len(path):]}
	f.judge(ctx, []rules.Presentation{presented}, []*ailing{a})
	return a
}

// live judges what one target showed: an ailing endpoint for each address.
func (f *fixing) live(ctx context.Context, observed []*scanner.Observation) (all []*ailing) {
	var presented []rules.Presentation
	var shown []*ailing
	groups := byAddress(observed)
	for _, here := range groups {
		first := here[0]
		for _, o := range here {
			if o.Captured() {
				first = o
				break
			}
		}
		t := first.Target
		a := &ailing{label: t.Text, addr: first.Addr, host: t.ServerName, dialect: t.STARTTLS, look: []string{"scan", t.Text}}
		if a.name = t.ServerName; a.name == "" {
			a.name = t.Host
		}
		if a.host == "" {
			a.host = t.Host
		}
		if t.Port != 443 {
			a.name += "-" + strconv.Itoa(int(t.Port))
		}
		if len(groups) > 1 {
			a.label += " at " + first.Addr.String()
			a.name += "-" + first.Addr.Addr().String()
		}
		all = append(all, a)
		if !first.Captured() {
			a.trouble = "it could not be judged: " + first.Failure.Error()
			continue
		}
		presented = append(presented, presentation(f.completer, first, here))
		shown = append(shown, a)
	}
	f.judge(ctx, presented, shown)
	return all
}

func (f *fixing) judge(ctx context.Context, presented []rules.Presentation, all []*ailing) {
	verdicts, mender := f.completer.Judge(ctx, presented)
	for i, v := range verdicts {
		all[i].verdict, all[i].plan = v, mender.Plan(v)
	}
}
