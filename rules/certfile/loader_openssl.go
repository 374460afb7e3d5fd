package certfile

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// lineSize is what OpenSSL reads of a line at once.
const lineSize = 254

// readAsOpenSSL takes what SSL_CTX_use_certificate_chain_file does, and nginx,
// Apache httpd and HAProxy with loops of their own: the first certificate with
// or without trust settings, then each further one without, until there is no
// other BEGIN line. A block that is damaged ends it with an error; so does a
// header that does not say how the block is encrypted.
func readAsOpenSSL(text []byte) (certs [][]byte, ok bool) {
	for {
		label, rest, found := opensslName(text)
		if !found {
			return certs, len(certs) > 0
		}
		header, body, rest, ok := opensslBody(label, rest)
		if !ok {
			return nil, false
		}
		der, ok := opensslBase64(body)
		if !ok {
			return nil, false
		}
		text = rest
		switch {
		case label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "TRUSTED CERTIFICATE" && len(certs) == 0:
			if header != "" {
				return nil, false
			}
			certs = append(certs, der)
		}
	}
}

// opensslLine reads a line, or as much of it as fits, without its end and what
// OpenSSL strips there: blanks, control characters, and since its characters
// are signed, all bytes that are not ASCII.
func opensslLine(text []byte) (line string, part bool, rest []byte) {
	raw, _ := nextLine(text[:min(len(text), lineSize+1)]) // a line may be as long as the file
	if len(raw) > lineSize {
		raw, part = raw[:lineSize], true
	}
	rest = text[len(raw):]
	return string(bytes.TrimRightFunc(raw, func(r rune) bool { return r <= ' ' || r >= 0x80 })), part, rest
}

// opensslName finds the next BEGIN line. A byte order mark does no harm in the
// first line that is looked at.
func opensslName(text []byte) (label string, rest []byte, ok bool) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for len(text) > 0 {
		var line string
		line, _, text = opensslLine(text)
		if label, ok := strings.CutPrefix(line, begin); ok {
			if label, ok = strings.CutSuffix(label, "-----"); ok {
				return label, text, true
			}
		}
	}
	return "", nil, false
}

// opensslBody reads a block to its END line: header and data with a blank line
// between them. After that line, each line but the last has 64 characters.
func opensslBody(label string, text []byte) (header, body string, rest []byte, ok bool) {
	var first, second strings.Builder // before and after the blank line
	divided, short, part := false, false, false
	for len(text) > 0 {
		wasPart := part
		var line string
		line, part, text = opensslLine(text)
		if line == "" {
			if wasPart {
				continue
			}
			if divided {
				return "", "", nil, false
			}
			divided = true
			continue
		}
		if after, ends := strings.CutPrefix(line, end); ends {
			ok = after == label+"-----"
			if divided {
				return first.String(), second.String(), text, ok
			}
			// A colon would have told a header; without the blank line after it,
			// there is no data.
			if strings.Contains(first.String(), ":") {
				return first.String(), "", text, ok
			}
			return "", first.String(), text, ok
		}
		if short || divided && len(line) > 64 {
			return "", "", nil, false
		}
		if divided {
			short = len(line) < 64
			second.WriteString(line + "\n")
		} else {
			first.WriteString(line + "\n")
		}
	}
	return "", "", nil, false
}

// opensslBase64 decodes as EVP_DecodeUpdate does: blanks and tabs do no harm.
func opensslBase64(text string) ([]byte, bool) {
	text = strings.Map(withoutBlanks, text)
	der, err := base64.StdEncoding.DecodeString(text)
	return der, err == nil && len(der) > 0
}
