package reports

import (
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/tlschain/tlschain/scanner"
)

// Name is what people call the endpoint, in the form of a target: host and port,
// behind the name that was asked for where that is another, and quic:// before
// all that where it is UDP's; or the file's name.
func (e *Endpoint) Name() string {
	if e.Host == "" {
		return e.Target
	}
	name := net.JoinHostPort(e.Host, strconv.Itoa(int(e.Port)))
	if e.ServerName != "" && e.ServerName != e.Host {
		name = e.ServerName + "@" + name
	}
	if e.Transport == scanner.QUIC {
		name = "quic://" + name
	}
	return name
}

// Find describes a certificate that the endpoint's report mentions, sent or
// not; nil if it is nowhere described.
func (e *Endpoint) Find(h Hash) *Unsent {
	for i := range e.Chain {
		if c := &e.Chain[i]; c.SHA256 == h {
			return &Unsent{
				SHA256: h, SPKISHA256: c.SPKISHA256, Subject: c.Subject, Issuer: c.Issuer,
				NotAfter: c.NotAfter, SelfIssued: c.Subject == c.Issuer,
			}
		}
	}
	for i := range e.Unsent {
		if e.Unsent[i].SHA256 == h {
			return &e.Unsent[i]
		}
	}
	return nil
}

// ShortName gives the part of an RFC 4514 name that people call a certificate
// by: the first common name, or else the first value.
func ShortName(name string) string {
	if common := nameValue(name, "CN"); common != "" {
		return common
	}
	parts := splitName(name)
	if len(parts) == 0 {
		return ""
	}
	_, value, _ := strings.Cut(parts[0], "=")
	return unescape(value)
}

// nameValue gives the first value of an attribute type, such as O, in an
// RFC 4514 name; empty: there is none.
func nameValue(name, attribute string) string {
	for _, p := range splitName(name) {
		if value, ok := strings.CutPrefix(p, attribute+"="); ok {
			return unescape(value)
		}
	}
	return ""
}

// splitName cuts a name at the commas and plus signs that are not escaped.
func splitName(name string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case ',', '+':
			parts = append(parts, name[start:i])
			start = i + 1
		}
	}
	if start < len(name) {
		parts = append(parts, name[start:])
	}
	return parts
}

// unescape undoes what RFC 4514 section 2.4 does to special characters. The
// visible escapes of Clean, which begin with a letter, stay.
func unescape(value string) string {
	if !strings.Contains(value, `\`) {
		return value
	}
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] == '\\' && i+1 < len(value) && strings.IndexByte(`"+,;<>\ #=`, value[i+1]) >= 0 {
			i++
		}
		b.WriteByte(value[i])
	}
	return b.String()
}

// tagList writes the endpoint's tags as lists of targets have them.
func (e *Endpoint) tagList() string {
	parts := make([]string, 0, len(e.Tags))
	for _, k := range slices.Sorted(maps.Keys(e.Tags)) {
		parts = append(parts, k+"="+e.Tags[k])
	}
	return strings.Join(parts, ";")
}

// failure tells why a failed endpoint has no chain.
func (e *Endpoint) failure() string {
	if e.Error == nil {
		return "no chain was captured"
	}
	return e.Error.Message
}
