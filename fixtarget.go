package tlschain

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/rules/install"
	"github.com/tlschain/tlschain/scanner/serverheader"
)

// A FixTarget is what a [Fix] is written for: a server, or a file.
type FixTarget struct {
	Fix
	Label string // as the user wrote it, and the address where there are several
	Leaf  []byte // the certificate that Decision.Bundle is to stand behind
	fix.Decision

	name string         // the user's own words that its files are named after
	look string         // what to scan to look again; empty: it is a file
	addr netip.AddrPort // to ask which software it is; invalid: it is not asked
	host string         // to ask it for
}

// FixOfFile is the target of the fix of a chain in a file, which is called as
// [Presented].Label says.
func FixOfFile(path, label string, f Fix) *FixTarget {
	return &FixTarget{Fix: f, Label: label, name: stem(path) + label[len(path):]}
}

// stem is a file's name without folder and ending.
func stem(path string) string {
	base := filepath.Base(path)
	if base == "-" {
		return "server"
	}
	if s := strings.TrimSuffix(base, filepath.Ext(base)); s != "" {
		return s
	}
	return base
}

// FixesOfServer are the targets of what [Engine.PlanFix] yields.
func FixesOfServer(all []Fix) (out []*FixTarget) {
	several := slices.ContainsFunc(all, func(f Fix) bool { return f.Observed != all[0].Observed })
	for _, f := range all {
		out = append(out, fixOfServer(f, several))
	}
	return out
}

// fixOfServer is for an address of a server; several: that its target has.
func fixOfServer(f Fix, several bool) *FixTarget {
	o := f.Observed
	t := o.Target
	a := &FixTarget{Fix: f, Label: t.Text, name: t.ServerName, host: t.ServerName}
	if a.name == "" {
		a.name, a.host = t.Host, t.Host
	}
	if t.STARTTLS == "" {
		a.addr = o.Addr
	}
	if t.Port != 443 {
		a.name += "-" + strconv.Itoa(int(t.Port))
	}
	if several {
		t.Addr = o.Addr.Addr()
		a.Label += " at " + o.Addr.String()
		a.name += "-" + o.Addr.Addr().String()
	}
	if v := f.Verdict; v != nil && v.Variant != "" && v.Variant != o.Variant {
		a.Label += " (" + rules.HandshakeName(v.Variant) + ")"
		a.name += "-" + string(v.Variant)
	}
	a.look = t.Typed()
	return a
}

// Decide sets the Decision, and the Leaf of what is to be written.
func (a *FixTarget) Decide(ask fix.Request) {
	a.Decision = fix.Decide(a.Verdict, a.Plan, ask)
	if a.Bundle != nil {
		a.Leaf = a.Verdict.Entries[a.Plan.Leaf].Raw
	}
}

// Issuers are the bytes of what is to stand behind the leaf, in order.
func (a *FixTarget) Issuers() (ders [][]byte) {
	for _, c := range a.Bundle {
		ders = append(ders, c.Cert.Raw)
	}
	return ders
}

// AskKind asks a web server which kind it is.
func (a *FixTarget) AskKind(ctx context.Context) (install.Kind, bool) {
	if !a.addr.IsValid() {
		return install.Kind{}, false
	}
	header, err := serverheader.Server(ctx, a.addr, a.host)
	if err != nil {
		return install.Kind{}, false
	}
	return install.FromHeader(header)
}

// A FixGroup is a list of issuers, and the targets that need it.
type FixGroup struct {
	Hash    cert.Hash // see [fix.HashOf]
	Targets []*FixTarget
}

// GroupFixes puts together the targets that need the same issuers, in the order
// in which they come.
func GroupFixes(all []*FixTarget) (groups []FixGroup) {
	at := make(map[cert.Hash]int)
	for _, a := range all {
		h := fix.HashOf(a.Bundle)
		i, known := at[h]
		if !known {
			i = len(groups)
			at[h] = i
			groups = append(groups, FixGroup{Hash: h})
		}
		groups[i].Targets = append(groups[i].Targets, a)
	}
	return groups
}

// InstallJob tells what to install on a server, in files that are named as no
// others are, and how to look again.
func (e *Engine) InstallJob(a *FixTarget, names *install.Names) install.Job {
	sum := sha1.Sum(a.Leaf) // Windows calls certificates by it
	look := a.look
	if look == "" {
		look = install.AnyHost
	}
	job := install.Job{
		Name: names.Of(a.name), Issuers: len(a.Bundle), Thumbprint: hex.EncodeToString(sum[:]), Twins: e.twins(a.Bundle),
		Verify: append([]string{"tlschain", "scan", look}, e.config.Flags(ScanCommand)...),
	}
	for i, word := range job.Verify {
		job.Verify[i] = reports.Clean(word)
	}
	return job
}
