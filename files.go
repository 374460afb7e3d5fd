package tlschain

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner"
)

// An Env is what an [Engine] is given of the world beside the files that its
// [Config] names. The zero value will do.
type Env struct {
	Stdin  io.Reader           // what the file name "-" stands for; nil: an empty file
	Getenv func(string) string // for proxies; nil: an empty environment
	Facts  *catalog.Facts      // about CAs and trust stores; nil: those that are compiled in
	Now    time.Time           // zero: when the Engine is made
	CRLs   string              // folder that keeps CRLs from one run to the next; empty: nothing is kept

	Turn func(ctx context.Context, addr netip.Addr) error // waits until a connection may begin, beside Config.Pace; nil: at once

	Elsewhere func(ctx context.Context, t scanner.Target) []rules.Vantage // what others were shown by the same name; nil: nobody looked

	SharePace bool // the scans of an Engine hold Config.Pace together, not each
}

func (v *Env) getenv(name string) string {
	if v.Getenv == nil {
		return ""
	}
	return v.Getenv(name)
}

// ReadFile reads a file whole, within the bounds of what certificates need. Its
// errors leave out the name, which is said anyway.
func (v *Env) ReadFile(file string) ([]byte, error) {
	r := v.Stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, withoutPath(err)
		}
		defer f.Close()
		r = f
	}
	if r == nil {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(r, certfile.MaxSize+1))
	return data, withoutPath(err)
}

// readPEM is ReadFile for those who search the whole of it for PEM blocks.
func (v *Env) readPEM(file string) ([]byte, error) {
	data, err := v.ReadFile(file)
	if len(data) > certfile.MaxSize {
		return nil, fmt.Errorf("it is larger than %d MiB", certfile.MaxSize>>20)
	}
	return data, err
}

// readRegular reads a file that a folder or a configuration names, not the user:
// no pipe and no device, and none that is too large. One without a size is taken
// for empty, as it stands: a file of the kernel's own may never end.
func (v *Env) readRegular(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, withoutPath(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no file")
	case info.Size() == 0:
		return nil, nil
	case info.Size() > certfile.MaxSize:
		return nil, fmt.Errorf("it is larger than %d MiB", certfile.MaxSize>>20)
	}
	return v.ReadFile(name)
}

func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// A File is a file of certificates to be judged as if a server presented it.
type File struct {
	Name       string    // "-" is standard input
	ServerName string    // to check the leaf against; empty: the leaf's first
	Key        cert.Hash // SHA-256 of the server's public key; zero: of the key in the file, if there is one
	Passwords  []string  // that PKCS #12 and JKS files may have

	keyFound bool // Key was found beside it: nobody says that it is a server's
}

// A Presented is a chain of a file. Its label tells several of one file apart.
type Presented struct {
	Label string
	rules.Presentation
}

// Read reads the chains of a file, one for each leaf. With an error there may be
// chains too: of a file of many objects, those that can be read.
func (e *Engine) Read(f File) ([]Presented, error) {
	data, err := e.env.ReadFile(f.Name)
	if err != nil {
		return nil, err
	}
	return e.read(f, data)
}

// ReadBytes is Read of a file whose content is at hand.
func (e *Engine) ReadBytes(f File, data []byte) ([]Presented, error) { return e.read(f, data) }

func (e *Engine) read(f File, data []byte) (out []Presented, err error) {
	chains, err := certfile.Read(data, f.Passwords...)
	if errors.Is(err, certfile.ErrNoLeaf) {
		chains, err = ownOf(f, data, err)
	}
	if err != nil {
		return nil, err
	}
	for i, c := range chains {
		if c.Err != nil {
			err = errors.Join(err, c.Err)
			continue
		}
		p := rules.Presentation{Unordered: c.Set, ServerKey: c.Key, Expect: e.expect, File: c.Flaws}
		for _, der := range c.Certs {
			p.Entries = append(p.Entries, chain.Read(der))
		}
		if f.Key != (cert.Hash{}) {
			p.ServerKey = f.Key
		}
		if p.Name = scanner.NameInDNS(f.ServerName); p.Name == "" {
			p.Name = firstName(p.Entries)
		}
		out = append(out, Presented{Label: labelOf(f.Name, i, chains), Presentation: p})
	}
	return out, err
}

// ownOf returns the chain of a file of CA certificates, one of which has the
// server's key: openssl req -x509 makes such for a server to present. Otherwise
// the error is none.
func ownOf(f File, data []byte, none error) ([]certfile.Chain, error) {
	if f.Key == (cert.Hash{}) || f.keyFound {
		return nil, none
	}
	certs, err := certfile.Certificates(data, f.Passwords...)
	if err != nil {
		return nil, err
	}
	for _, der := range certs {
		if c, err := cert.Parse(der); err == nil && c.Key.SPKI == f.Key {
			return []certfile.Chain{{Certs: certs}}, nil
		}
	}
	return nil, none
}

// labelOf names an endpoint of a file: the file, and where it has several, the
// object that has it, or its number.
func labelOf(file string, i int, all []certfile.Chain) string {
	same := 0 // other chains of the same name
	for j := range all {
		if j != i && all[j].Name == all[i].Name {
			same++
		}
	}
	switch name := all[i].Name; {
	case len(all) == 1:
		return file
	case name != "" && same == 0:
		return file + "#" + name
	case name != "":
		return fmt.Sprintf("%s#%s#%d", file, name, i+1)
	}
	return fmt.Sprintf("%s#%d", file, i+1)
}

// firstName is the first name that the leaf is for; a wildcard's is one that it
// covers. Empty if it has none, and then no name is judged.
func firstName(entries []chain.Entry) string {
	for _, e := range entries {
		if e.Cert == nil || len(e.Cert.DNSNames)+len(e.Cert.IPs) == 0 {
			continue
		}
		for _, n := range e.Cert.DNSNames {
			if rest, ok := strings.CutPrefix(n, "*."); ok {
				n = "www." + rest
			}
			if n != "" {
				return n
			}
		}
		for _, ip := range e.Cert.IPs {
			return ip.String()
		}
	}
	return ""
}

// readExpected is the SHA-256 of the certificate that should be served: of the
// first in the file that the Config names, zero if it names none.
func (e *Engine) readExpected() (cert.Hash, error) {
	file := e.config.Expect
	if file == "" {
		return cert.Hash{}, nil
	}
	data, err := e.env.ReadFile(file)
	if err != nil {
		return cert.Hash{}, fieldf("Expect", "{Expect} %s: %w", file, err).hintf("it takes the file that the server should present, leaf first")
	}
	certs, err := certfile.Certificates(data)
	if err != nil {
		return cert.Hash{}, fieldf("Expect", "{Expect} %s: %w", file, err).hintf("it takes the file that the server should present, leaf first")
	}
	return chain.Read(certs[0]).SHA256, nil
}

// parseHash reads a SHA-256 in hex; nothing is the zero hash, and so is what is
// none: the reader of target lists has refused it.
func parseHash(text string) (h cert.Hash) {
	if b, err := hex.DecodeString(text); err == nil && len(b) == len(h) {
		h = cert.Hash(b)
	}
	return h
}
