package tlschain

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/serverconf"
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

// NginxUses reads which certificates nginx presents where: from its main
// configuration file, the folder that it is in, or the output of nginx -T.
func (e *Engine) NginxUses(name string) ([]serverconf.Use, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, "nginx.conf")
	}
	text, err := e.env.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if dump, ok := serverconf.ParseDump(text); ok {
		return serverconf.Nginx(dump, dump.First)
	}
	if name == "-" {
		return nil, errors.New("it is not the output of nginx -T, which names each file before its text")
	}
	if name, err = filepath.Abs(name); err != nil {
		return nil, err
	}
	return serverconf.Nginx(diskFiles{&e.env}, name)
}

// ReadUse reads what a site presents, to be judged by the name that it answers
// to. Each further name that the certificate does not cover is a Presented of
// its own.
func (e *Engine) ReadUse(u serverconf.Use, f File) (out []Presented, err error) {
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
