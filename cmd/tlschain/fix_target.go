package main

import (
	"net/netip"
	"os"
	"strconv"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/fix"
)

// A fixTarget is an endpoint whose chain is to be fixed: a server, or a file.
type fixTarget struct {
	label   string            // as the user wrote it, and the address where there are several
	name    string            // the user's own words that its files are named after
	look    []string          // the command that looks again, without the program's name
	addr    netip.AddrPort    // of a server; invalid for a file
	host    string            // to ask the server for
	dialect string            // STARTTLS
	trouble string            // why there is no verdict
	verdict *rules.Verdict    // nil: it could not be judged
	plan    *fix.Plan         // nil: no list is known
	outcome fixOutcome        // set by explain
	bundle  []fix.Certificate // to be written; nil: nothing is
	leaf    []byte            // the certificate before it, once that is decided
}

// A fixOutcome is what fix can do about an endpoint.
type fixOutcome uint8

const (
	healthy  fixOutcome = iota // nothing to fix
	fixable                    // the corrected list fixes it
	lacking                    // it would, and bytes are missing
	hopeless                   // no list does
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

func fileTarget(path, label string, one tlschain.Fix) *fixTarget {
	return &fixTarget{label: label, name: stem(path) + label[len(path):], verdict: one.Verdict, plan: one.Plan}
}

// serverTarget is an address of a server; several: that its target has.
func serverTarget(one tlschain.Fix, several bool) *fixTarget {
	o := one.Observed
	t := o.Target
	a := &fixTarget{label: t.Text, addr: o.Addr, host: t.ServerName, dialect: t.STARTTLS, verdict: one.Verdict, plan: one.Plan}
	if a.name = t.ServerName; a.name == "" {
		a.name = t.Host
	}
	if a.host == "" {
		a.host = t.Host
	}
	if t.Port != 443 {
		a.name += "-" + strconv.Itoa(int(t.Port))
	}
	if several {
		t.Addr = o.Addr.Addr()
		a.label += " at " + o.Addr.String()
		a.name += "-" + o.Addr.Addr().String()
	}
	if a.verdict != nil && a.verdict.Variant != "" && a.verdict.Variant != o.Variant {
		a.label += " (" + rules.HandshakeName(a.verdict.Variant) + ")"
		a.name += "-" + string(a.verdict.Variant)
	}
	a.look = []string{"scan", t.Typed()}
	if a.verdict == nil {
		a.trouble = "it could not be judged: " + o.Failure.Error()
	}
	return a
}
