package certfile

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
)

var keyBlocks = regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----`)

// readAsJava takes what CertificateFactory.generateCertificates does. It looks
// for five hyphens at the start of a line, and ends a block at the next hyphen.
//
// Blocks that are no certificates are stepped over here, though Java refuses
// them: no Java server is given the file with a private key that way.
func readAsJava(text []byte) (certs [][]byte, ok bool) {
	text = keyBlocks.ReplaceAll(text, nil)
	for {
		at := dashes(text)
		if at < 0 {
			return certs, len(certs) > 0
		}
		header, end, rest, ok := javaHeader(text[at+5:])
		if !ok {
			return nil, false
		}
		body, after, found := bytes.Cut(rest, []byte("-"))
		if !found {
			return nil, false
		}
		footer, after := javaFooter(after, end)
		label, ok := javaLabel(header, footer)
		if !ok {
			return nil, false
		}
		text = after
		if label = strings.ToUpper(label); !strings.Contains(label, "CERTIFICATE") || strings.HasSuffix(label, "REQUEST") {
			continue
		}
		der, err := base64.StdEncoding.DecodeString(string(bytes.Map(withoutBlanks, body)))
		if err != nil || label == "TRUSTED CERTIFICATE" && len(firstElement(der)) != len(der) {
			return nil, false
		}
		certs = append(certs, der)
	}
}

// dashes finds five hyphens at the start of the text or of a line, which either
// kind of line break begins; -1: there are none.
func dashes(text []byte) int {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte("-----"))
		if i < 0 {
			return -1
		}
		if at := from + i; at == 0 || text[at-1] == '\n' || text[at-1] == '\r' {
			return at
		}
		from += i + 1
	}
}

// javaHeader reads the rest of a BEGIN line, and which character ends lines.
func javaHeader(text []byte) (header string, end byte, rest []byte, ok bool) {
	i := bytes.IndexAny(text, "\r\n")
	if i < 0 {
		return "", 0, nil, false
	}
	header = string(text[:i])
	switch rest = text[i+1:]; {
	case text[i] == '\n':
		return header, '\n', rest, true
	case len(rest) == 0:
		return "", 0, nil, false
	case rest[0] == '\n':
		return header, '\n', rest[1:], true
	}
	return header, '\r', rest, true
}

// javaFooter reads an END line whose first hyphen is taken already.
func javaFooter(text []byte, end byte) (footer string, rest []byte) {
	i := bytes.IndexAny(text, "\n"+string(end))
	if i < 0 {
		i = len(text)
	} else {
		rest = text[i+1:]
	}
	return "-" + strings.ReplaceAll(string(text[:i]), "\r", ""), rest
}

func javaLabel(header, footer string) (label string, ok bool) {
	header, footer = strings.TrimRight(header, " \t"), strings.TrimRight(footer, " \t")
	label, begins := strings.CutPrefix(header, "BEGIN ")
	label, closed := strings.CutSuffix(label, "-----")
	return label, begins && closed && len(label) > 0 && footer == end+label+"-----"
}

func withoutBlanks(r rune) rune {
	switch r {
	case '\t', '\n', '\r', ' ':
		return -1
	}
	return r
}
