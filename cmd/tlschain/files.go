package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/chain"
)

// files is how certificate files are to be read: what the flags say of them all.
type files struct {
	*process
	serverName string
	key        cert.Hash
	expect     cert.Hash
	passwords  []string
}

func (f *files) read(file string) ([]rules.Presentation, error) {
	data, err := f.readFile(file)
	if err != nil {
		return nil, err
	}
	chains, err := certfile.Read(data, f.passwords...)
	if err != nil {
		return nil, err
	}
	out := make([]rules.Presentation, len(chains))
	for i, c := range chains {
		p := rules.Presentation{Unordered: c.Set, ServerKey: c.Key, Expect: f.expect}
		for _, der := range c.Certs {
			p.Entries = append(p.Entries, chain.Read(der))
		}
		if f.key != (cert.Hash{}) {
			p.ServerKey = f.key
		}
		if p.Name = f.serverName; p.Name == "" {
			p.Name = firstName(p.Entries)
		}
		out[i] = p
	}
	return out, nil
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

// readFile reads a file whole, within the bounds of what certificates need. Its
// errors leave out the name, which is said anyway.
func (p *process) readFile(file string) ([]byte, error) {
	r := p.stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, withoutPath(err)
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, certfile.MaxSize+1))
	return data, withoutPath(err)
}

func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func fileHint(err error) string {
	switch {
	case errors.Is(err, certfile.ErrPassword):
		return "type --password-file FILE, or set TLSCHAIN_PASSWORD"
	case errors.Is(err, certfile.ErrNoLeaf):
		return "give the file that begins with the server's certificate; issuers alone go to --pool or --roots"
	}
	return ""
}

func (p *process) passwords(c *cli.Context) ([]string, error) {
	if file := c.String("password-file"); file != "" {
		data, err := p.readFile(file)
		if err != nil {
			return nil, usagef("--password-file %s: %w", file, err)
		}
		line, _, _ := strings.Cut(string(data), "\n")
		return []string{strings.TrimSuffix(line, "\r")}, nil
	}
	if c.IsSet("password") {
		return []string{c.String("password")}, nil
	}
	if word := p.getenv("TLSCHAIN_PASSWORD"); word != "" {
		return []string{word}, nil
	}
	return nil, nil
}

func (p *process) serverKey(file string) (cert.Hash, error) {
	if file == "" {
		return cert.Hash{}, nil
	}
	data, err := p.readFile(file)
	if err != nil {
		return cert.Hash{}, usagef("--key %s: %w", file, err)
	}
	key, err := certfile.PublicKey(data)
	if err != nil {
		return cert.Hash{}, usagef("--key %s: %w", file, err).hintf("--key takes the server's private key, PEM or DER")
	}
	return key, nil
}

// expected is the SHA-256, in hex, of the certificate that --expect says should
// be served: the first of its file.
func (p *process) expected(c *cli.Context) (string, error) {
	file := c.String("expect")
	if file == "" {
		return "", nil
	}
	data, err := p.readFile(file)
	if err != nil {
		return "", usagef("--expect %s: %w", file, err)
	}
	certs, err := certfile.Certificates(data)
	if err != nil {
		return "", usagef("--expect %s: %w", file, err).hintf("it takes the file that the server should present, leaf first")
	}
	return chain.Read(certs[0]).SHA256.String(), nil
}
