package scanner

import (
	"net"
	"strconv"

	"github.com/tlschain/tlschain/scanner/starttls"
)

// Typed is what to type for this target and no other: its own text where that
// means it, else a text that is made of its parts. A network, a list of ports
// and a line of CSV mean more, or less.
func (t Target) Typed() string {
	made := t.made()
	if made != t.Text && t.isMeantBy(t.Text) {
		return t.Text
	}
	return made
}

// Pinned reports whether the list or the user gave an address for the host, or a
// server name of another one.
func (t Target) Pinned() bool {
	return t.ServerName != "" && t.ServerName != t.Host || t.Addr.IsValid() && t.Addr.String() != t.Host
}

// made is a text for this target that is made of its parts.
func (t Target) made() string {
	host, name := t.Host, t.ServerName
	if t.Addr.IsValid() && t.Addr.String() != host {
		host = t.Addr.String()
		if name == "" {
			name = t.Host
		}
	}
	place := net.JoinHostPort(host, strconv.Itoa(int(t.Port)))
	if name != "" && name != host {
		place = name + "@" + place
	}
	if t.Transport == QUIC {
		return "quic://" + place
	}
	switch known := starttls.ByPort(t.Port); {
	case t.STARTTLS == known:
		return place
	case t.STARTTLS == "":
		return "https://" + place // its scheme says that TLS begins at once
	}
	return "starttls+" + t.STARTTLS + "://" + place
}

// isMeantBy reports whether a text means the target alone. An address that is
// not told (of an endpoint in a report) may be any.
func (t Target) isMeantBy(text string) bool {
	targets, err := ParseTarget(text, TargetOptions{})
	if err != nil {
		return false
	}
	n := 0
	for one := range targets {
		n++
		if n > 1 || one.Host != t.Host || one.Port != t.Port || one.ServerName != t.ServerName || one.STARTTLS != t.STARTTLS ||
			one.Transport != t.Transport ||
			t.Addr.IsValid() && one.Addr != t.Addr {
			return false
		}
	}
	return n == 1
}
