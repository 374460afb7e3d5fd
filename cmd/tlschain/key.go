package main

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/certfile"
)

// passwords are those that PKCS #12 and JKS files may have.
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

// privateKey is the server's, as --key names it; the zero value if it does not.
func (p *process) privateKey(file string) (k certfile.PrivateKey, err error) {
	if file == "" {
		return k, nil
	}
	data, err := p.readFile(file)
	if err == nil {
		k, err = certfile.ReadPrivateKey(data)
	}
	if err != nil {
		return k, usagef("--key %s: %w", file, err).hintf("--key takes the server's private key, PEM or DER")
	}
	return k, nil
}

func (p *process) readFile(file string) ([]byte, error) {
	env := tlschain.Env{Stdin: p.stdin}
	return env.ReadFile(file)
}

// fileError says what is wrong with a file of certificates, and what to type.
func fileError(file string, err error) error {
	out := usagef("%s: %w", file, err)
	switch {
	case errors.Is(err, certfile.ErrPassword):
		return out.hintf("its password is the first line of --password-file FILE, or TLSCHAIN_PASSWORD")
	case errors.Is(err, certfile.ErrNoKey):
		return out.hintf("give the key store that the server reads; a trust store goes to --roots or --add-roots")
	case errors.Is(err, certfile.ErrNoLeaf):
		return out.hintf("give the file that begins with the server's certificate, or the --key of one that openssl req -x509 made; " +
			"issuers alone go to --pool or --roots")
	}
	if errors.Is(err, fs.ErrNotExist) && tlschain.MeansHost(file) {
		return out.hintf("if you mean a live server, type %s", reports.Command("scan", file))
	}
	return out.hintf("a file has a server's certificate and its issuers, best as PEM")
}
