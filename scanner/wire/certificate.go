package wire

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// readCertificate reads the body of a Certificate message (RFC 5246 section
// 7.4.2, RFC 8446 section 4.4.2). The entries are the pool's copies.
func (p *Presented) readCertificate(body []byte, pool *Pool) error {
	s := cryptobyte.String(body)
	var list cryptobyte.String
	tls13 := p.Version == versionTLS13
	if tls13 {
		var context cryptobyte.String
		if !s.ReadUint8LengthPrefixed(&context) {
			return malformed("the context of a Certificate message")
		}
		p.SCTs = nil // those of TLS 1.3 are with the leaf
	}
	if !s.ReadUint24LengthPrefixed(&list) || !s.Empty() {
		return malformed("the length of a certificate list")
	}
	if list.Empty() {
		return fmt.Errorf("%w: its list is empty", errNoCertificate)
	}
	all := Presented{Chain: make([][]byte, 0, 4)}
	for !list.Empty() {
		var entry cryptobyte.String
		if !list.ReadUint24LengthPrefixed(&entry) {
			return malformed("entry %d of the certificate list", len(all.Chain))
		}
		if len(all.Chain) == maxCertificates {
			return fmt.Errorf("%w: over %d certificates", ErrTooLarge, maxCertificates)
		}
		all.Chain = append(all.Chain, pool.copyOf(entry))
		if !tls13 {
			continue
		}
		if err := all.readEntryExtensions(&list); err != nil {
			return err
		}
	}
	p.Chain = all.Chain
	if tls13 {
		p.Staple, p.SCTs = all.Staple, all.SCTs
	}
	return nil
}

// readEntryExtensions reads what came with an entry, and keeps the OCSP response
// and the timestamps of the first.
func (p *Presented) readEntryExtensions(list *cryptobyte.String) error {
	var extensions cryptobyte.String
	if !list.ReadUint16LengthPrefixed(&extensions) {
		return malformed("the extensions of a certificate's entry")
	}
	for !extensions.Empty() {
		var kind uint16
		var data cryptobyte.String
		if !extensions.ReadUint16(&kind) || !extensions.ReadUint16LengthPrefixed(&data) {
			return malformed("the extensions of a certificate's entry")
		}
		switch {
		case len(p.Chain) > 1:
		case kind == extensionStatusRequest:
			p.Staple = parseStatus(data)
		case kind == extensionSCTs:
			p.SCTs = parseSCTs(data)
		}
	}
	return nil
}

// parseSCTs reads a SignedCertificateTimestampList (RFC 6962 section 3.3) into
// copies; nil if it is broken, since nothing hangs on it.
func parseSCTs(s cryptobyte.String) (scts [][]byte) {
	var list cryptobyte.String
	if !s.ReadUint16LengthPrefixed(&list) || !s.Empty() {
		return nil
	}
	for !list.Empty() {
		var sct cryptobyte.String
		if !list.ReadUint16LengthPrefixed(&sct) || len(sct) == 0 || len(scts) == maxSCTs {
			return nil
		}
		scts = append(scts, append([]byte(nil), sct...))
	}
	return scts
}

// parseStatus reads a CertificateStatus (RFC 6066 section 8); nil if it is of
// another kind or broken, since nothing hangs on it.
func parseStatus(s cryptobyte.String) []byte {
	var kind uint8
	var response cryptobyte.String
	if !s.ReadUint8(&kind) || kind != 1 || !s.ReadUint24LengthPrefixed(&response) || len(response) == 0 {
		return nil
	}
	return append([]byte(nil), response...)
}
