package tlstest

import (
	"encoding/asn1"
	"fmt"
	"strconv"
	"strings"
)

func parseOID(text string) (asn1.ObjectIdentifier, error) {
	var oid asn1.ObjectIdentifier
	for _, arc := range strings.Split(text, ".") {
		n, err := strconv.Atoi(arc)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q is no dotted OID", text)
		}
		oid = append(oid, n)
	}
	if len(oid) < 2 {
		return nil, fmt.Errorf("%q is no dotted OID", text)
	}
	return oid, nil
}
