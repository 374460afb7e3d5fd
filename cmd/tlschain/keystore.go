package main

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/install"
)

// encode gives the content of one of the server's files.
func (f *fixing) encode(file install.File, kind install.Kind, leaf []byte, issuers [][]byte) ([]byte, error) {
	all := append([][]byte{leaf}, issuers...)
	switch file.Form {
	case install.Leaf:
		return certfile.PEM(leaf), nil
	case install.Issuer:
		return certfile.PEM(issuers[file.Position-1]), nil
	case install.Issuers:
		return certfile.PEM(issuers...), nil
	case install.Fullchain:
		return certfile.PEM(all...), nil
	case install.WithKey:
		return append(certfile.PEM(all...), f.key.PEM...), nil
	case install.Bag:
		return certfile.PKCS7(issuers...)
	case install.KeyStore:
		if f.password == "" {
			return nil, usagef("a PKCS #12 file needs a password").hintf("type --password-file FILE, or set TLSCHAIN_PASSWORD")
		}
		return certfile.PKCS12(f.key, all, f.password, readsOldEncryptionOnly(kind))
	}
	return nil, fmt.Errorf("no way to write %s", file.Form)
}

// readsOldEncryptionOnly reports whether a kind of server may run on Windows
// before Server 2019.
func readsOldEncryptionOnly(kind install.Kind) bool {
	switch kind.ID {
	case "iis", "iis-6", "exchange":
		return true
	}
	return false
}
