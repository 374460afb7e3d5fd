package wire

import "golang.org/x/crypto/cryptobyte"

// A Request is a server's CertificateRequest: it wants the client to show a
// certificate.
type Request struct {
	Authorities [][]byte // names (DER) of the CAs whose certificates it says it takes; none: it does not say
}

// readRequest reads the body of a CertificateRequest (RFC 5246 section 7.4.4,
// RFC 8446 section 4.3.2). What is broken in it ends the list of names, since
// nothing hangs on it.
func (p *Presented) readRequest(body []byte) {
	p.Request = new(Request)
	s := cryptobyte.String(body)
	var skipped, extensions cryptobyte.String
	if !s.ReadUint8LengthPrefixed(&skipped) { // the context, or the types of certificates
		return
	}
	if p.Version != versionTLS13 {
		if p.Version == versionTLS12 && !s.ReadUint16LengthPrefixed(&skipped) {
			return
		}
		p.Request.readAuthorities(s)
		return
	}
	if !s.ReadUint16LengthPrefixed(&extensions) {
		return
	}
	for !extensions.Empty() {
		var kind uint16
		var data cryptobyte.String
		if !extensions.ReadUint16(&kind) || !extensions.ReadUint16LengthPrefixed(&data) {
			return
		}
		if kind == extensionAuthorities {
			p.Request.readAuthorities(data)
		}
	}
}

// readAuthorities reads a list of distinguished names into copies.
func (r *Request) readAuthorities(s cryptobyte.String) {
	var list cryptobyte.String
	if !s.ReadUint16LengthPrefixed(&list) {
		return
	}
	for !list.Empty() {
		var name cryptobyte.String
		if !list.ReadUint16LengthPrefixed(&name) {
			return
		}
		r.Authorities = append(r.Authorities, append([]byte(nil), name...))
	}
}
