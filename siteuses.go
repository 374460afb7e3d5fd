package tlschain

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/serverconf"
	"github.com/tlschain/tlschain/scanner"
)

// diskFiles are the configuration files of this machine.
type diskFiles struct{ env *Env }

// Read reads one file, which is no pipe and no device.
func (f diskFiles) Read(name string) ([]byte, error) { return f.env.readRegular(name) }

// Glob lists the files of a pattern.
func (f diskFiles) Glob(pattern string) []string {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil
	}
	slices.Sort(names)
	return names
}

// SiteUses reads which certificates a server presents where: from its main
// configuration file, the folder that it is in, or "-", the output of the
// command that prints it.
func (e *Engine) SiteUses(server *serverconf.Server, name string) ([]serverconf.Use, error) {
	mains := []string{name}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		if mains = mainFiles(server, name); len(mains) == 0 {
			return nil, fmt.Errorf("there is no %s in it", strings.Join(server.Main, " or "))
		}
	}
	text, err := e.env.ReadFile(mains[0])
	if err != nil {
		return nil, err
	}
	if name == "-" || server.IsOutput(text) {
		uses, ok, err := server.ReadOutput(diskFiles{&e.env}, text)
		if !ok {
			err = fmt.Errorf("it is not the output of %s", server.Dump)
		}
		return uses, err
	}
	for i := range mains {
		if mains[i], err = filepath.Abs(mains[i]); err != nil {
			return nil, err
		}
	}
	return server.Read(diskFiles{&e.env}, mains)
}

// mainFiles are where a server begins to read its folder.
func mainFiles(server *serverconf.Server, folder string) []string {
	for _, pattern := range server.Main {
		if found := (diskFiles{}).Glob(filepath.Join(serverconf.QuoteMeta(folder), pattern)); len(found) > 0 {
			return found
		}
	}
	return nil
}

// ReadSites reads what the sites of a server present; live: it also asks each
// site's server on this machine.
func (e *Engine) ReadSites(ctx context.Context, uses []serverconf.Use, f File, live bool) iter.Seq[Found] {
	return func(yield func(Found) bool) {
		for _, use := range uses {
			if ctx.Err() != nil {
				return
			}
			found := Found{File: fmt.Sprintf("%v %s", use.Place, use.Directive)}
			found.Chain, found.Err = e.readUse(use, f)
			for i := range found.Chain {
				if !live {
					break
				}
				err := e.askServer(ctx, use, &found.Chain[i])
				if err != nil && !yield(Found{File: found.File, Err: err}) {
					return
				}
			}
			if !yield(found) {
				return
			}
		}
	}
}

// readUse reads what a site presents, to be judged by the name that it answers
// to. Each further name that the certificate does not cover is a Presented of
// its own.
func (e *Engine) readUse(u serverconf.Use, f File) (out []Presented, err error) {
	if u.Why != "" {
		return nil, errors.New(u.Why)
	}
	text, source := u.Inline, "data:"
	if u.File != "" {
		source = u.File
		if text, err = (diskFiles{&e.env}).Read(u.File); err != nil {
			return nil, fmt.Errorf("%s: %w", source, err)
		}
	}
	if u.Key != "" {
		if key, err := (diskFiles{&e.env}).Read(u.Key); err == nil {
			if hash, err := certfile.PublicKey(key); err == nil {
				f.Key = hash
			}
		}
	}
	if u.Chain != "" && u.Chain != u.File {
		if issuers, err := (diskFiles{&e.env}).Read(u.Chain); err != nil {
			return nil, fmt.Errorf("%s: %w", u.Chain, err)
		} else if certs, err := certfile.Certificates(text); err == nil {
			text = slices.Concat(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certs[0]}), issuers)
		}
	}
	f.Name = fmt.Sprintf("%v %s %s", u.Place, u.Directive, source)
	if f.ServerName == "" && len(u.Names) > 0 {
		f.ServerName = u.Names[0]
	}
	chains, err := e.read(f, text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	for _, p := range chains {
		out = append(out, p)
		for i, name := range u.Names {
			name = scanner.NameInDNS(name)
			if i == 0 || len(p.Entries) == 0 || p.Entries[0].Cert == nil || p.Entries[0].Cert.MatchesName(name) {
				continue
			}
			other := p
			other.Name, other.Label = name, p.Label+" ("+name+")"
			out = append(out, other)
		}
	}
	return out, nil
}
