package scanner

import (
	"cmp"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/scanner/starttls"
)

// columns are what a target list in CSV may have, in any order.
const columns = "host,port,server_name,address,starttls,tags,expect_sha256"

// columnNames are the names under which a column is found, best first.
var columnNames = map[string][]string{
	"host": {"host", "hostname", "host_name", "fqdn", "dns_name", "domain", "url", "endpoint", "target", "server", "name",
		"common_name"},
	"port":          {"port", "tcp_port", "port_number"},
	"server_name":   {"server_name", "servername", "sni"},
	"address":       {"address", "ip", "ip_address", "ipaddress", "ip_addr", "ipv4", "ipv6"},
	"starttls":      {"starttls"},
	"tags":          {"tags", "labels"},
	"expect_sha256": {"expect_sha256"},
}

// alone are the names that make a header of a line that has one column. Others
// are host names more often.
var alone = []string{"host", "hostname", "fqdn", "domain", "url", "target", "name"}

// A header says which column is where; -1 for one that is missing.
type header struct {
	host, port, serverName, address, starttls, tags, expect int
	count                                                   int
	comma                                                   rune // what stands between columns
}

// parseHeader recognises the first line of a CSV list: names of columns, host
// among them, with a comma, semicolon, tab or bar between. It returns nil if
// the line is a target. Columns that mean nothing here are noted.
func parseHeader(line string, note func(string, ...any)) (*header, error) {
	for _, comma := range ",;\t|" {
		names, err := splitRow(line, comma)
		if err != nil || len(names) < 2 && comma != ',' {
			continue
		}
		for i := range names {
			name := strings.ToLower(unquoted(trimmed(names[i])))
			names[i] = strings.NewReplacer(" ", "_", "-", "_").Replace(name)
		}
		find := func(column string) int { return findColumn(names, column) }
		if len(names) == 1 {
			if slices.Contains(alone, names[0]) {
				return &header{0, -1, -1, -1, -1, -1, -1, 1, comma}, nil
			}
			continue
		}
		if find("host") < 0 && find("address") < 0 || slices.ContainsFunc(names, isNumber) {
			continue
		}
		h := &header{
			find("host"), find("port"), find("server_name"), find("address"), find("starttls"), find("tags"), find("expect_sha256"),
			len(names), comma,
		}
		return h, h.check(names, note)
	}
	if _, ok, _ := hostAndPort(line); !ok && strings.ContainsAny(line, ",;\t") {
		rest := strings.TrimRight(line, ",; \t")
		if _, ok, _ := hostAndPort(rest); !ok && strings.ContainsAny(rest, ",;\t") && !grepable.MatchString(line) && !isHostsFile(rest) {
			return nil, fmt.Errorf("a list in CSV begins with a header: type %s, or some of these with host among them", columns)
		}
	}
	return nil, nil
}

func isHostsFile(line string) bool { _, ok := hostsFileLine(line); return ok }

// isNumber tells a row from a header: no column has a number for a name.
func isNumber(name string) bool { return name != "" && strings.Trim(name, "0123456789") == "" }

// findColumn gives the column of the best name that there is.
func findColumn(names []string, column string) int {
	for _, name := range columnNames[column] {
		if i := slices.Index(names, name); i >= 0 {
			return i
		}
	}
	return -1
}

// check finds columns of the same name, and notes those that mean nothing here.
func (h *header) check(names []string, note func(string, ...any)) error {
	known := []int{h.host, h.port, h.serverName, h.address, h.starttls, h.tags, h.expect}
	var unknown []string
	for i, name := range names {
		at := slices.Index(names, name)
		switch {
		case at != i && slices.Contains(known, at):
			return fmt.Errorf("two columns are called %q", name)
		case !slices.Contains(known, i) && name != "":
			unknown = append(unknown, fmt.Sprintf("%q", name))
		}
	}
	if len(unknown) > 0 {
		what := "the column"
		if len(unknown) > 1 {
			what = "the columns"
		}
		note("ignored: %s %s; known are %s", what, strings.Join(unknown, ", "), columns)
	}
	return nil
}

// parse reads one row. The host column takes every form that a line of its
// own could have; the other columns say more precisely what that leaves open.
func (h *header) parse(line string, note func(string, ...any)) (p parsedTarget, err error) {
	fields, err := splitRow(line, h.comma)
	if err != nil {
		return p, err
	}
	for len(fields) > h.count && trimmed(fields[len(fields)-1]) == "" {
		fields = fields[:len(fields)-1]
	}
	if len(fields) > h.count {
		return p, fmt.Errorf("%d fields under a header of %d: quote a field that has a comma", len(fields), h.count)
	}
	field := func(column int) string {
		if column < 0 || column >= len(fields) {
			return ""
		}
		return trimmed(fields[column])
	}
	host := field(h.host)
	if host == "" {
		host = field(h.address)
	}
	if p, err = parseTarget(host); err != nil {
		return p, fmt.Errorf("host: %w", err)
	}
	p.text = host
	tags := field(h.tags)
	if h.comma == ';' {
		tags = strings.ReplaceAll(tags, ",", ";")
	}
	fillTags(&p, tags, note)
	return p, cmp.Or(
		fillPort(&p, field(h.port)),
		fillServerName(&p, field(h.serverName)),
		fillAddress(&p, field(h.address)),
		fillSTARTTLS(&p, field(h.starttls)),
		fillExpect(&p, field(h.expect)),
	)
}

// splitRow splits one line of CSV. Fields cannot span lines: a quote that
// somebody forgot must not swallow the rest of the file.
func splitRow(line string, comma rune) ([]string, error) {
	if !strings.Contains(line, `"`) {
		return strings.Split(line, string(comma)), nil
	}
	r := csv.NewReader(strings.NewReader(line))
	r.TrimLeadingSpace = comma != '\t'
	r.Comma = comma
	fields, err := r.Read()
	if err != nil {
		return nil, errors.New(`a quoted field does not end: close it with ", and write a quote inside it as ""`)
	}
	return fields, nil
}

func fillPort(p *parsedTarget, text string) (err error) {
	if text == "" {
		return nil
	}
	p.port, err = parsePort(text)
	return err
}

func fillServerName(p *parsedTarget, text string) (err error) {
	if text == "" {
		return nil
	}
	p.serverName, err = parseServerName(text)
	return err
}

func fillAddress(p *parsedTarget, text string) error {
	if text == "" || text == p.text {
		return nil
	}
	if p.host == "" {
		return fmt.Errorf("address %q beside %q: type a host name in the host column, or leave one of them empty", text, p.text)
	}
	var at parsedTarget
	if err := at.parsePlace(text); err != nil || at.host != "" || at.first != at.last || at.port != 0 {
		return fmt.Errorf("address %q is not an IP address", text)
	}
	p.first, p.last = at.first, at.last
	return nil
}

// fillSTARTTLS takes a dialect, or "none" where the port suggests one that
// the server does not speak.
func fillSTARTTLS(p *parsedTarget, text string) error {
	switch text = strings.ToLower(text); text {
	case "":
		return nil
	case "none", "no":
		p.dialect, p.scheme = "", true
		return nil
	}
	if _, ok := starttls.DefaultPort(text); !ok {
		return fmt.Errorf("no STARTTLS dialect is called %q: type none, or one of %s", text, strings.Join(starttls.Dialects(), ", "))
	}
	p.dialect, p.scheme = text, true
	return nil
}

// fillTags reads key=value pairs. One that is none is left out, and the host is
// not: tags are for people.
func fillTags(p *parsedTarget, text string, note func(string, ...any)) {
	for tag := range strings.SplitSeq(text, ";") {
		if tag = strings.TrimSpace(tag); tag == "" {
			continue
		}
		key, value, ok := strings.Cut(tag, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			note("tag %q has no key and value and is left out: type team=web;site=berlin", tag)
			continue
		}
		if p.tags == nil {
			p.tags = make(map[string]string)
		}
		p.tags[key] = strings.TrimSpace(value)
	}
}

// fillExpect takes a SHA-256 as tools print it: with colons and capitals too.
func fillExpect(p *parsedTarget, text string) error {
	if text == "" {
		return nil
	}
	hash := strings.ToLower(strings.ReplaceAll(text, ":", ""))
	if b, err := hex.DecodeString(hash); err != nil || len(b) != 32 {
		return fmt.Errorf("expect_sha256 %q is not a SHA-256 of 64 hex digits: openssl x509 -outform DER -in leaf.pem | sha256sum", text)
	}
	p.expect = hash
	return nil
}
