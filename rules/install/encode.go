package install

import (
	"errors"
	"fmt"

	"github.com/tlschain/tlschain/rules/certfile"
)

// A Content is what the files of a server are made of.
type Content struct {
	Leaf     []byte   // DER
	Issuers  [][]byte // DER, in the order in which they are sent
	Key      certfile.PrivateKey
	Password string // of PKCS #12 files
}

// ErrNoPassword is the error of a PKCS #12 file that is to have none.
var ErrNoPassword = errors.New("a PKCS #12 file needs a password")

// Encode gives what stands in one of the [Kind.Files] of a server.
func (k Kind) Encode(f File, c Content) ([]byte, error) {
	all := append([][]byte{c.Leaf}, c.Issuers...)
	switch f.Form {
	case Leaf:
		return certfile.PEM(c.Leaf), nil
	case Issuer:
		return certfile.PEM(c.Issuers[f.Position-1]), nil
	case Issuers:
		return certfile.PEM(c.Issuers...), nil
	case Fullchain:
		return certfile.PEM(all...), nil
	case WithKey:
		return append(certfile.PEM(all...), c.Key.PEM...), nil
	case Bag:
		return certfile.PKCS7(c.Issuers...)
	case KeyStore:
		if c.Password == "" {
			return nil, ErrNoPassword
		}
		return certfile.PKCS12(c.Key, all, c.Password, k.readsOldEncryptionOnly())
	}
	return nil, fmt.Errorf("no way to write %s", f.Form)
}

// readsOldEncryptionOnly reports whether a kind of server may run on Windows
// before Server 2019.
func (k Kind) readsOldEncryptionOnly() bool {
	switch k.ID {
	case "iis", "iis-6", "exchange":
		return true
	}
	return false
}
