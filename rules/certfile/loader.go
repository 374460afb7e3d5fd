package certfile

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// A Loader is a family of servers that read certificate files by one piece of
// code. Each takes files that another refuses.
type Loader string

// The loaders. Their readers here follow what the code of each does with the
// text of a file; a test holds them to the real ones.
const (
	OpenSSL Loader = "OpenSSL" // nginx, Apache httpd, HAProxy, Postfix, Python and many more
	Go      Loader = "Go"      // crypto/tls.LoadX509KeyPair: Caddy, Traefik, Kubernetes
	Java    Loader = "Java"    // java.security.cert.CertificateFactory
)

// loaders gives each family's reader: the certificates that it takes from PEM
// text, and whether it takes the file at all.
var loaders = []struct {
	name Loader
	read func([]byte) (certs [][]byte, ok bool)
}{{OpenSSL, readAsOpenSSL}, {Go, readAsGo}, {Java, readAsJava}}

// refusing lists the loaders that do not take exactly these certificates from
// the text: they give up, or step over some of them.
func refusing(text []byte, want [][]byte) (names []Loader) {
	for _, l := range loaders {
		got, ok := l.read(text)
		if !ok || !slices.EqualFunc(got, want, sameDER) {
			names = append(names, l.name)
		}
	}
	return names
}

// sameDER compares certificates by their first DER element: the trust settings
// behind it in a TRUSTED CERTIFICATE are read or not.
func sameDER(a, b []byte) bool {
	return sha256.Sum256(firstElement(a)) == sha256.Sum256(firstElement(b))
}

// nextLine cuts the first line off, with its line feed.
func nextLine(text []byte) (line, rest []byte) {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return text[:i+1], text[i+1:]
	}
	return text, nil
}
