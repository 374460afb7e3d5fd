package scanner

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/scanner/starttls"
)

var (
	section    = regexp.MustCompile(`^\[([A-Za-z_][\w.-]*(?::(?:vars|children))?)\]$`)
	enumerated = regexp.MustCompile(`\[\w+:\w+(?::\d+)?\]`)
	grepable   = regexp.MustCompile(`(?:^|\t)Host: (\S+) \(([^)]*)\)`)
	reported   = regexp.MustCompile(`^Nmap scan report for (?:(\S+) \(([0-9A-Fa-f.:]+)\)|(\S+))`)
	openPort   = regexp.MustCompile(`^(\d+)/tcp\s+open\s+(\S+)`)
	nmapOther  = regexp.MustCompile(`^(?:Starting Nmap |Nmap done|Host is up|Not shown|Other addresses for |rDNS record for |` +
		`PORT\s+STATE|Service Info|Service detection|` +
		`All \d+ scanned ports|Nmap scan report|MAC Address|\d+/(?:tcp|udp|sctp)\s|\|)`)
)

// ansibleSection reads the line that begins a section of an inventory: [web],
// [web:vars]. An IPv6 address in brackets is none.
func ansibleSection(text string) (name string, ok bool) {
	if text[0] != '[' {
		return "", false
	}
	m := section.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	if _, err := netip.ParseAddr(m[1]); err == nil {
		return "", false
	}
	return m[1], true
}

// ansibleHost reads a host's line: its name, and variables of which only the
// address counts here.
func ansibleHost(host, variables string) (p parsedTarget, err error) {
	if enumerated.MatchString(host) {
		return p, fmt.Errorf("%q stands for several hosts: type each on a line of its own", host)
	}
	if p, err = parseTarget(host); err != nil {
		return p, err
	}
	p.text = host
	for _, word := range strings.Fields(variables) {
		address, ok := strings.CutPrefix(word, "ansible_host=")
		if address = strings.Trim(address, `"'`); !ok || address == "" {
			continue
		}
		var at parsedTarget
		if err := at.parsePlace(address); err != nil || at.port != 0 || at.first != at.last {
			return p, fmt.Errorf("ansible_host %q is neither a host name nor an address", address)
		}
		switch {
		case at.host != "": // the inventory's name is an alias
			p.host, p.first, p.last, p.text = at.host, at.first, at.last, address
		case p.host == "" || !strings.Contains(p.host, "."): // no name that a certificate could have
			p.host, p.first, p.last, p.text = "", at.first, at.last, address
		default:
			p.first, p.last = at.first, at.last
		}
	}
	return p, nil
}

// An nmapReport reads what nmap prints for people, and what it writes with -oG,
// as masscan does too.
type nmapReport struct {
	name    string     // of the host under way
	address netip.Addr // its address
	name2   string     // of the host under way where no address is told
	begun   bool
}

// read gives the targets of a line; ok is false if it is no line of nmap's.
func (n *nmapReport) read(text string) (targets []parsedTarget, ok bool) {
	if !strings.ContainsAny(text, " \t|") { // as in a list of a million hosts
		return nil, false
	}
	if m := grepable.FindStringSubmatch(text); m != nil {
		addr, err := netip.ParseAddr(m[1])
		if err != nil {
			return nil, false
		}
		*n = nmapReport{name: m[2], address: addr, begun: true}
		_, ports, _ := strings.Cut(text, "Ports: ")
		ports, _, _ = strings.Cut(ports, "\t")
		for port := range strings.SplitSeq(ports, ",") {
			// port/state/protocol/owner/service/rpc/version/
			f := strings.Split(strings.TrimSpace(port), "/")
			if len(f) > 4 && f[1] == "open" && f[2] == "tcp" {
				targets = n.add(targets, f[0], f[4])
			}
		}
		return targets, true
	}
	if m := reported.FindStringSubmatch(text); m != nil {
		*n = nmapReport{name: m[1], begun: true}
		n.address, _ = netip.ParseAddr(m[2])
		if m[3] != "" {
			if n.address, _ = netip.ParseAddr(m[3]); !n.address.IsValid() {
				n.name2 = m[3]
			}
		}
		return nil, true
	}
	if m := openPort.FindStringSubmatch(text); m != nil && n.begun {
		return n.add(nil, m[1], m[2]), true
	}
	return nil, nmapOther.MatchString(text)
}

// add takes a port that is known for TLS, or for a way into it.
func (n *nmapReport) add(to []parsedTarget, number, service string) []parsedTarget {
	port, err := parsePort(number)
	if err != nil {
		return to
	}
	tls := strings.Contains(service, "ssl") || strings.Contains(service, "https") ||
		slices.Contains([]string{"imaps", "pop3s", "smtps", "submissions", "ldaps", "ldapssl", "ftps", "ircs", "telnets", "nntps",
			"domain-s"}, service)
	if !tls && starttls.ByPort(port) == "" {
		return to
	}
	p := parsedTarget{port: port, first: n.address, last: n.address, scheme: tls}
	place := n.address.String()
	if n.address.Is6() {
		place = "[" + place + "]"
	}
	if n.name2 != "" {
		if p.host, err = parseName(n.name2); err != nil {
			return to
		}
		place = p.host
	} else if !n.address.IsValid() {
		return to
	}
	p.text = place + ":" + number
	if name, err := parseServerName(n.name); err == nil && n.name != "" {
		p.serverName, p.text = name, name+"@"+p.text
	}
	return append(to, p)
}
