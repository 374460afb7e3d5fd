package cert

import (
	"encoding/binary"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// maxSCTs bounds how many timestamps of one list are read; honest leaves have
// two to five.
const maxSCTs = 64

// parseSCTs reads the times of a SignedCertificateTimestampList (RFC 6962
// section 3.3), as it stands in the TLS extension and, within an OCTET STRING,
// in certificates and OCSP responses. Signatures are not checked. What cannot be
// read ends the list.
func parseSCTs(list []byte) (times []time.Time) {
	in := cryptobyte.String(list)
	var scts cryptobyte.String
	if !in.ReadUint16LengthPrefixed(&scts) {
		return nil
	}
	for !scts.Empty() && len(times) < maxSCTs {
		var one cryptobyte.String
		if !scts.ReadUint16LengthPrefixed(&one) {
			break
		}
		if t, ok := SCTTime(one); ok {
			times = append(times, t)
		}
	}
	return times
}

// SCTTime reads the time of one serialized SignedCertificateTimestamp of
// version 1 (RFC 6962 section 3.2): milliseconds since 1970.
func SCTTime(sct []byte) (time.Time, bool) {
	const at = 1 + 32 // version and log id
	if len(sct) < at+8 || sct[0] != 0 {
		return time.Time{}, false
	}
	ms := binary.BigEndian.Uint64(sct[at:])
	if ms > 1<<47 { // the year 6429: no time that anything could be compared with
		return time.Time{}, false
	}
	return time.UnixMilli(int64(ms)).UTC(), true
}

// embeddedSCTs reads the extension of RFC 6962 section 3.3: a list within an
// OCTET STRING of its own.
func embeddedSCTs(value cryptobyte.String) []time.Time {
	var list cryptobyte.String
	if !value.ReadASN1(&list, cbasn1.OCTET_STRING) {
		return nil
	}
	return parseSCTs(list)
}

// StapledSCTs reads the timestamps in an OCSP response (RFC 6962 section 3.3).
// Nobody's signature is checked; a response that cannot be read has none.
func StapledSCTs(staple []byte) []time.Time {
	if len(staple) == 0 {
		return nil
	}
	response, err := ocsp.ParseResponse(staple, nil)
	if err != nil {
		return nil
	}
	for _, e := range response.Extensions {
		if e.Id.String() == "1.3.6.1.4.1.11129.2.4.5" {
			return embeddedSCTs(e.Value)
		}
	}
	return nil
}
