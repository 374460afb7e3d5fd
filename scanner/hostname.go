package scanner

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// parseName returns a host name as it goes into DNS and SNI: A-labels, lower
// case, no dot at the end. Names of pure ASCII need only have the shape of a
// name, underscores included, since internal hosts have them and DNS does not
// mind (RFC 2181 section 11); all others go through IDNA (UTS 46, lookup).
func parseName(text string) (string, error) {
	if len(text) > 1000 { // and IDNA need not look at it
		return "", fmt.Errorf("a host name of %d bytes: DNS ends at 253", len(text))
	}
	name := strings.TrimSuffix(text, ".")
	if name == "" {
		return "", errors.New("no host name: type a host, for example example.com")
	}
	if !isASCII(name) {
		ascii, err := idna.Lookup.ToASCII(name)
		if err != nil {
			return "", fmt.Errorf("%q is not an international host name: %w", text, err)
		}
		name = ascii
	}
	name = strings.ToLower(name)
	if len(name) > 253 {
		return "", fmt.Errorf("a host name of %d characters: DNS ends at 253", len(name))
	}
	for label := range strings.SplitSeq(name, ".") {
		if err := checkLabel(label); err != nil {
			return "", fmt.Errorf("%q is not a host name: %w", text, err)
		}
	}
	// A last label of digits is an address gone wrong: no top-level domain is
	// numeric (RFC 3696 section 2), and resolvers guess at what 10.1 means.
	if last := name[strings.LastIndexByte(name, '.')+1:]; strings.Trim(last, "0123456789") == "" {
		if port, err := strconv.ParseUint(name, 10, 16); err == nil && port > 0 {
			return "", fmt.Errorf("%q is no host name: a port follows its host, as in example.com:%s", text, name)
		}
		return "", fmt.Errorf("%q is neither a host name nor an IPv4 address: type four numbers from 0 to 255, as in 192.0.2.1", text)
	}
	return name, nil
}

// NameInDNS is a host name that somebody typed as DNS, SNI and certificates have it:
// A-labels, lower case, no dot at the end. A text that is no host name stays.
func NameInDNS(text string) string {
	if name, err := parseName(text); err == nil {
		return name
	}
	return text
}

// parseServerName reads a name for SNI, which carries no addresses (RFC 6066
// section 3).
func parseServerName(text string) (string, error) {
	if isAddress(text) {
		return "", fmt.Errorf("server name %q is an address, but SNI carries names only: type a host name", text)
	}
	name, err := parseName(text)
	if err != nil {
		return "", fmt.Errorf("server name: %w", err)
	}
	return name, nil
}

func checkLabel(label string) error {
	switch {
	case label == "":
		return errors.New("two dots in a row, or one at the start")
	case len(label) > 63:
		return fmt.Errorf("a label of %d characters, where DNS ends at 63", len(label))
	case label[0] == '-' || label[len(label)-1] == '-':
		return fmt.Errorf("the label %q begins or ends with a hyphen", label)
	}
	for _, c := range []byte(label) {
		if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			if c == ',' || c == ';' {
				return fmt.Errorf("it has the character %q: type each target by itself", rune(c))
			}
			return fmt.Errorf("it has the character %q", rune(c))
		}
	}
	return nil
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}
