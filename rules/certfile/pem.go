package certfile

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/aia"
)

const (
	begin = "-----BEGIN "
	end   = "-----END "
)

func isPEM(data []byte) bool {
	return bytes.Contains(data, []byte(begin)) || bytes.Contains(data, []byte("-----BEGIN%20")) ||
		bytes.Contains(data, []byte("-----BEGIN+CERT"))
}

// A block is one PEM block and where it stands.
type block struct {
	*pem.Block
	trusted bool // it was labelled TRUSTED CERTIFICATE
	number  int  // from 1
	line    int  // of its BEGIN line, from 1
}

func readPEM(data []byte) ([]Chain, error) {
	layout := layOut(data)
	blocks, err := blocksOf(layout)
	if err != nil {
		return nil, err
	}
	list, bag := Chain{}, Chain{Set: true}
	for _, b := range blocks {
		switch {
		case b.trusted: // OpenSSL's: trust settings follow the certificate
			list.Certs = append(list.Certs, firstElement(b.Bytes))
		case b.Type == "CERTIFICATE":
			list.Certs = append(list.Certs, b.Bytes)
		case b.Type == "PKCS7" || b.Type == "CMS" || b.Type == "PKCS #7 SIGNED DATA":
			certs, failure := aia.Decode(b.Bytes)
			if failure != nil {
				return nil, fmt.Errorf("block %d (line %d) is PKCS #7 without certificates", b.number, b.line)
			}
			bag.Certs = append(bag.Certs, certs...)
		case strings.HasSuffix(b.Type, "PRIVATE KEY") && list.Key == (cert.Hash{}):
			// A key that cannot be read, such as an encrypted one, is no fault of
			// a certificate file; --key says more about it.
			list.Key, _ = publicHash(b.Type, b.Bytes)
		}
	}
	switch {
	case len(list.Certs) > 0 && len(bag.Certs) > 0:
		return nil, errors.New("it holds CERTIFICATE blocks and a PKCS #7 block: give them as two files")
	case len(list.Certs) > 0:
		list.Flaws = flawsOf(data, layout, list.Certs)
		// The members of a JSON object have no order.
		list.Set = bytes.HasPrefix(bytes.TrimSpace(data), []byte("{"))
		return []Chain{list}, nil
	case len(bag.Certs) > 0:
		return []Chain{bag}, nil
	}
	return nil, noCertificate{kindsOf(blocks)}
}

// ErrNoCertificate is in the error about a file that is whole and holds something
// else, such as a key.
var ErrNoCertificate = errors.New("it holds no certificate")

type noCertificate struct{ kinds string }

func (e noCertificate) Error() string { return "it holds " + e.kinds + " but no certificate" }
func (noCertificate) Unwrap() error   { return ErrNoCertificate }

// blocksOf cuts laid out text at its BEGIN and END lines. encoding/pem steps over a
// damaged block in silence, and so would we judge another chain than the one
// that a server would refuse to load.
func blocksOf(l *layout) ([]block, error) {
	if l.long {
		return nil, fmt.Errorf("it is PEM of more than %d lines: give it in parts", maxLines)
	}
	var blocks []block
	var text bytes.Buffer
	label, number, start, trusted := "", 0, 0, false
	for i := range l.lines {
		if l.lines[i].drop != noOddity {
			continue
		}
		line := strings.TrimRight(l.lines[i].text, " \t\r\n")
		switch {
		case strings.Contains(line, end) && strings.Contains(line[strings.Index(line, end):], begin):
			return nil, fmt.Errorf("line %d: two blocks run together: put a line break between -----END and -----BEGIN", i+1)
		case strings.HasPrefix(line, begin):
			number++
			if label != "" {
				return nil, fmt.Errorf("block %d (line %d) has no %s%s----- line before the next block begins on line %d", number-1, start, end,
					label, i+1)
			}
			start, trusted = i+1, l.lines[i].label == "TRUSTED CERTIFICATE"
			var closed bool
			if label, closed = strings.CutSuffix(line[len(begin):], "-----"); !closed || label == "" || len(label) > maxLabel {
				return nil, fmt.Errorf("block %d (line %d) begins with a damaged line: it should read -----BEGIN CERTIFICATE-----", number, start)
			}
		case label == "":
			continue // what stands between blocks is a comment
		}
		text.WriteString(line + "\n")
		if !strings.HasPrefix(line, end) {
			continue
		}
		if line != end+label+"-----" {
			return nil, fmt.Errorf("block %d (line %d) ends on line %d with another label: it should read %s%s-----", number, start, i+1, end, label)
		}
		b, _ := pem.Decode(text.Bytes())
		if b == nil {
			return nil, fmt.Errorf("block %d (line %d): %s", number, start, damage(text.String(), start))
		}
		blocks = append(blocks, block{b, trusted, number, start})
		label = ""
		text.Reset()
	}
	if label != "" {
		return nil, fmt.Errorf("block %d (line %d) has no %s%s----- line: the file is cut off", number, start, end, label)
	}
	return blocks, nil
}

// damage finds the line of a block that is no base64 text.
func damage(text string, start int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines[1 : len(lines)-1] {
		for _, c := range line {
			if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= ", c) {
				if c < ' ' || c > '~' {
					return fmt.Sprintf("line %d is not base64 text: it has the character %U, which may be invisible", start+1+i, c)
				}
				return fmt.Sprintf("line %d is not base64 text", start+1+i)
			}
		}
	}
	return "the base64 text is damaged: some of it is missing or was added"
}

func kindsOf(blocks []block) string {
	if len(blocks) == 0 {
		return "no PEM block that begins at the start of a line"
	}
	var kinds []string
	for _, b := range blocks {
		kind := "a " + strings.ToLower(b.Type)
		switch {
		case strings.HasSuffix(b.Type, "PRIVATE KEY"):
			kind = "a private key"
		case strings.HasSuffix(b.Type, "CERTIFICATE REQUEST"):
			kind = "a certificate request"
		}
		if len(kinds) == 0 || kinds[len(kinds)-1] != kind {
			kinds = append(kinds, kind)
		}
	}
	return strings.Join(kinds[:min(len(kinds), 4)], ", ")
}
