package serverconf

import (
	"slices"
	"strings"
)

// A dovecotListener is one port of Dovecot's, of a protocol.
type dovecotListener struct {
	service, protocol string // imap-login and imap
	name              string // of its block
	host, port        string // an empty host stands for those of the setting listen
	tls               bool   // a connection begins with TLS
}

// dovecotPorts are those that Dovecot listens on for the protocols that it is
// told to speak, unless its configuration has others.
var dovecotPorts = []dovecotListener{
	{service: "imap-login", protocol: "imap", name: "imap", port: "143"},
	{service: "imap-login", protocol: "imap", name: "imaps", port: "993", tls: true},
	{service: "pop3-login", protocol: "pop3", name: "pop3", port: "110"},
	{service: "pop3-login", protocol: "pop3", name: "pop3s", port: "995", tls: true},
	{service: "submission-login", protocol: "submission", name: "submission", port: "587"},
	{service: "managesieve-login", protocol: "sieve", name: "sieve", port: "4190"},
	{service: "lmtp", protocol: "lmtp"}, // on no port as it comes
}

// dovecotListening reads where a configuration has Dovecot listen.
func dovecotListening(top []directive) (all []dovecotListener) {
	all = slices.Clone(dovecotPorts)
	protocols, hosts := "", "*, ::"
	for _, d := range top {
		switch {
		case d.block == nil && d.name() == "protocols":
			protocols = d.value()
		case d.block == nil && d.name() == "listen":
			hosts = d.value()
		case d.block != nil && d.name() == "protocols": // from 2.4 on
			for _, p := range d.block {
				if p.value() == "yes" {
					protocols += " " + p.name()
				}
			}
		case d.block != nil && d.name() == "service" && len(d.words) > 1:
			all = dovecotService(all, d)
		}
	}
	spoken := strings.Fields(protocols)
	var open []dovecotListener
	for _, l := range all {
		if l.port == "" || l.port == "0" || !slices.Contains(spoken, l.protocol) {
			continue
		}
		on := l.host
		if on == "" {
			on = hosts
		}
		for _, l.host = range strings.FieldsFunc(on, isPostfixSpace) {
			if strings.Contains(l.host, ":") {
				l.host = "[" + strings.Trim(l.host, "[]") + "]"
			}
			if open = append(open, l); len(open) > maxListeners {
				return open
			}
		}
	}
	return open
}

const maxListeners = 1000

// dovecotService is the list with what the block of a service says of its ports.
func dovecotService(all []dovecotListener, service directive) []dovecotListener {
	at := slices.IndexFunc(all, func(l dovecotListener) bool { return l.service == service.words[1] })
	if at < 0 {
		return all
	}
	for _, d := range service.block {
		if d.block == nil || d.name() != "inet_listener" {
			continue
		}
		l := dovecotListener{service: all[at].service, protocol: all[at].protocol, name: strings.Join(d.words[1:], " ")}
		same := func(o dovecotListener) bool { return o.service == l.service && o.name == l.name }
		i := slices.IndexFunc(all, same)
		if i < 0 {
			if i = len(all); i > maxListeners {
				return all
			}
			all = append(all, l)
		}
		for _, s := range d.block {
			switch value := s.value(); s.name() {
			case "port":
				all[i].port = value
			case "address", "listen":
				all[i].host = value
			case "ssl":
				all[i].tls = value == "yes"
			}
		}
	}
	return all
}

// listeners are those that the settings of a block hold for. own are protocols
// that have certificates of their own in a block within.
func (in *dovecotScope) listeners(all []dovecotListener, own []string) (list []Listener) {
	for _, l := range all {
		if in.protocol != "" && in.protocol != l.protocol || slices.Contains(own, l.protocol) {
			continue
		}
		hosts := []string{l.host}
		if len(in.local) > 0 && (l.host == "*" || l.host == "[::]") {
			hosts = in.local
		} else if len(in.local) > 0 && !slices.Contains(in.local, l.host) {
			continue
		}
		for _, host := range hosts {
			at := Listener{Address: host + ":" + l.port, StartTLS: l.protocol, Reader: "config"}
			switch {
			case l.tls:
				at.StartTLS = ""
			case l.protocol == "submission":
				at.StartTLS = "smtp"
			}
			if !slices.Contains(list, at) {
				list = append(list, at)
			}
		}
	}
	return list
}
