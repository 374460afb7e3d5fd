package certfile

import (
	"errors"

	"golang.org/x/crypto/cryptobyte"
)

var errCutJKS = errors.New("reading JKS: it is cut off or damaged: it says that it holds more than there is")

// boundJKS walks the lengths of a Java key store, and refuses one that holds
// less than they say: whoever believes a length makes room for it, and twelve
// bytes can ask for gigabytes. The layout is a magic number, the version and a
// count, for each entry its tag, alias and date with a key and a chain (tag 1)
// or one certificate (tag 2), and a digest at the end.
func boundJKS(data []byte) error {
	in := cryptobyte.String(data)
	var magic, version, count, tag uint32
	if !in.ReadUint32(&magic) || !in.ReadUint32(&version) || !in.ReadUint32(&count) {
		return errCutJKS
	}
	for range count {
		if !in.ReadUint32(&tag) || !skip16(&in) || !in.Skip(8) {
			return errCutJKS
		}
		certs := uint32(1)
		if tag == 1 && (!skip32(&in) || !in.ReadUint32(&certs)) {
			return errCutJKS
		}
		if tag != 1 && tag != 2 {
			return errors.New("reading JKS: it has an entry that is neither a key nor a certificate")
		}
		for range certs {
			if version == 2 && !skip16(&in) || !skip32(&in) { // its type since version 2, and the certificate
				return errCutJKS
			}
		}
	}
	return nil
}

func skip16(in *cryptobyte.String) bool {
	var n uint16
	return in.ReadUint16(&n) && in.Skip(int(n))
}

func skip32(in *cryptobyte.String) bool {
	var n uint32
	return in.ReadUint32(&n) && uint64(n) <= uint64(len(*in)) && in.Skip(int(n))
}
