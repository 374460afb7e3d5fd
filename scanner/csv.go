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

// A header says which column is where; -1 for one that is missing.
type header struct {
	host, port, serverName, address, starttls, tags, expect int
	count                                                   int
}

// parseHeader recognises the first line of a CSV list: names of columns, host
// among them. It returns nil if the line is a target.
func parseHeader(line string) (*header, error) {
	names := strings.Split(strings.ToLower(line), ",")
	for i := range names {
		names[i] = strings.Trim(names[i], " \t\"")
	}
	if !slices.Contains(names, "host") || len(names) == 1 && names[0] != "host" {
		if len(names) > 1 {
			return nil, fmt.Errorf("a list in CSV begins with a header: type %s, or some of these with host among them", columns)
		}
		return nil, nil
	}
	known := strings.Split(columns, ",")
	for i, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("unknown column %q: known are %s", name, columns)
		}
		if slices.Index(names, name) != i {
			return nil, fmt.Errorf("two columns are called %q", name)
		}
	}
	at := func(name string) int { return slices.Index(names, name) }
	return &header{
		at("host"), at("port"), at("server_name"), at("address"), at("starttls"), at("tags"), at("expect_sha256"), len(names),
	}, nil
}

// parse reads one row. The host column takes every form that a line of its
// own could have; the other columns say more precisely what that leaves open.
func (h *header) parse(line string) (p parsedTarget, err error) {
	fields, err := splitRow(line)
	if err != nil {
		return p, err
	}
	if len(fields) > h.count {
		return p, fmt.Errorf("%d fields under a header of %d: quote a field that has a comma", len(fields), h.count)
	}
	field := func(column int) string {
		if column < 0 || column >= len(fields) {
			return ""
		}
		return strings.TrimSpace(fields[column])
	}
	host := field(h.host)
	if host == "" {
		host = field(h.address)
	}
	if p, err = parseTarget(host); err != nil {
		return p, fmt.Errorf("host: %w", err)
	}
	p.text = host
	return p, cmp.Or(
		fillPort(&p, field(h.port)),
		fillServerName(&p, field(h.serverName)),
		fillAddress(&p, field(h.address)),
		fillSTARTTLS(&p, field(h.starttls)),
		fillTags(&p, field(h.tags)),
		fillExpect(&p, field(h.expect)),
	)
}

// splitRow splits one line of CSV. Fields cannot span lines: a quote that
// somebody forgot must not swallow the rest of the file.
func splitRow(line string) ([]string, error) {
	if !strings.Contains(line, `"`) {
		return strings.Split(line, ","), nil
	}
	r := csv.NewReader(strings.NewReader(line))
	r.TrimLeadingSpace = true
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
		return fmt.Errorf("no STARTTLS dialect is called %q: known are none, %s", text, strings.Join(starttls.Dialects(), ", "))
	}
	p.dialect, p.scheme = text, true
	return nil
}

func fillTags(p *parsedTarget, text string) error {
	if text == "" {
		return nil
	}
	p.tags = make(map[string]string)
	for tag := range strings.SplitSeq(text, ";") {
		if tag = strings.TrimSpace(tag); tag == "" {
			continue
		}
		key, value, ok := strings.Cut(tag, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			return fmt.Errorf("tag %q has no key and value: type team=web;site=berlin", tag)
		}
		p.tags[key] = strings.TrimSpace(value)
	}
	return nil
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
