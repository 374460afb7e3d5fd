package certfile

import (
	"fmt"
	"slices"
	"strings"
)

// A Flaw is something in the text of a PEM file that keeps servers from
// loading it though its certificates can be read.
type Flaw struct {
	Lines    []int    // where it stands, from 1; of the file as a whole, the first line
	What     string   // what is written there: a sentence about the file without a full stop
	Fix      string   // how to write it right
	Loaders  []Loader // which servers do not load it, in the order OpenSSL, Go, Java
	Store    bool     // it is about a key store: a wrong certificate is presented from it
	Harmless bool     // it is how another system keeps certificates, which hands them to servers in another form
}

// An oddity is a way in which PEM text differs from what every server loads.
type oddity uint8

const (
	noOddity oddity = iota
	// Those of the text as a whole: its line breaks are something else.
	percentEncoded
	escapedBreaks
	bareCR
	swappedBreaks
	blanksForBreaks
	// Those of single lines.
	byteOrderMark
	indented
	wrapped
	doubleCR
	otherLabel
	headers
	blankLine
	oddities
)

// said is what to say of each oddity, and what to do about it.
var said = [oddities]struct{ what, fix string }{
	percentEncoded: {"the text is percent-encoded, as in a URL: %0A stands for each line break",
		"Decode it, so that each line stands on a line of its own."},
	escapedBreaks: {`line breaks are written as \n, as in JSON or an environment variable`,
		`Write real line breaks: printf '%b\n' "$CERT" > file.pem turns each \n into one.`},
	bareCR:        {"lines end in a carriage return alone, as on old Macs", `Write line feeds instead: tr '\r' '\n' < file.pem > new.pem.`},
	swappedBreaks: {"lines end in LF CR instead of CR LF", `Take the carriage returns out: tr -d '\r' < file.pem > new.pem.`},
	blanksForBreaks: {"line breaks are missing or written as blanks: BEGIN, base64 text and END stand on one line",
		"Put BEGIN and END on lines of their own, and the base64 text on lines of 64 characters. " +
			"An unquoted shell variable loses line breaks: write \"$CERT\"."},
	byteOrderMark: {"it begins with a byte order mark (UTF-8)", "Save the file as ASCII, or as UTF-8 without BOM; " +
		"files with a mark that are joined keep it in the middle."},
	indented: {"it is indented", "Begin each line at its first column: sed 's/^[ \\t]*//'."},
	wrapped: {"something else stands on the line with BEGIN, END or the base64 text, such as quotes",
		"Leave nothing but the PEM block: BEGIN and END begin a line and end it."},
	doubleCR: {"lines end in CR CR LF: the file was turned into Windows text twice",
		`Take the carriage returns out: tr -d '\r' < file.pem > new.pem.`},
	otherLabel: {"the block is labelled %q instead of CERTIFICATE", "Write it anew with openssl x509 -in file.pem, " +
		"which labels it CERTIFICATE."},
	headers:   {"a header stands between BEGIN and the base64 text", "Take out the lines with a colon and the blank line behind them."},
	blankLine: {"a blank line stands inside the block", "Take out blank lines between BEGIN and END."},
}

// What else is said of files. The formats are in Japanese in japanese.go.
const (
	unknownLayout = "the text is not laid out as these servers read PEM"
	unknownFix    = "Write each block anew: BEGIN, base64 text in lines of 64 characters, END, and nothing else between them."
	bareBase64    = "the text is base64 without BEGIN and END lines"
	bareBase64Fix = "Decode it (base64 -d file.pem > new.der; openssl x509 -inform DER -in new.der), or put -----BEGIN CERTIFICATE----- " +
		"before it and -----END CERTIFICATE----- behind."
	pemInBase64    = "the text is the base64 encoding of a PEM file"
	pemInBase64Fix = "Decode it: base64 -d file.pem > new.pem."
	secretFormat   = "it is a Kubernetes Secret, whose %q is judged"
	secretFix      = "Nothing needs to be done: Kubernetes decodes it for the server."
	traefikFormat  = "it is Traefik's acme.json, whose %q is judged"
	traefikFix     = "Nothing needs to be done: Traefik reads its own file."
	manifest       = "the PEM file stands in %q of a YAML or JSON document, as base64 text"
	manifestFix    = "Take the value out and decode it: base64 -d."
	misplaced      = "the CA's certificate for the key stands under the alias %q, where Java only trusts it; " +
		"the key is under %q, and Java presents what is there"
	emptyPassword    = "the certificates are encrypted with an empty password, and a server that is configured without one reads none of them"
	emptyPasswordFix = "Write it with a password (openssl pkcs12 -export -passout file:FILE), and give the server the same; " +
		"or leave its certificates unencrypted (-certpbe NONE)."
	plainKey     = "the private key is not encrypted, and such a key is passed over"
	plainKeyFix  = "Write it with a password (openssl pkcs12 -export -passout file:FILE), and give the server the same."
	misplacedFix = "Delete the alias %q (keytool -delete), and import the CA's reply under %q (keytool -importcert -alias), issuers first."
)

// flawsOf finds what keeps loaders from taking these certificates from the
// file. Each oddity is tried alone: the text with it, and with all others
// taken out, is what the loaders that it stops refuse.
func flawsOf(data []byte, layout *layout, want [][]byte) (flaws []Flaw) {
	stopped := refusing(data, want)
	if len(stopped) == 0 {
		return nil
	}
	explained := make(map[Loader]bool)
	add := func(odd oddity, lines []int, by []Loader) {
		what := said[odd].what
		if odd == otherLabel {
			what = fmt.Sprintf(what, layout.labels())
		}
		flaws = append(flaws, Flaw{Lines: lines, What: what, Fix: said[odd].fix, Loaders: by})
		for _, l := range by {
			explained[l] = true
		}
	}
	if layout.whole != noOddity {
		add(layout.whole, []int{1}, stopped)
	}
	for odd := byteOrderMark; odd < oddities; odd++ {
		lines := layout.with(odd)
		if len(lines) == 0 || odd == wrapped && layout.whole != noOddity {
			continue // the quotes of a text whose line breaks are escaped belong to it
		}
		by := refusing(layout.text(odd), want)
		by = slices.DeleteFunc(by, func(l Loader) bool { return !slices.Contains(stopped, l) })
		if len(by) > 0 {
			add(odd, lines, by)
		}
	}
	stopped = slices.DeleteFunc(slices.Clone(stopped), func(l Loader) bool { return explained[l] })
	if len(stopped) > 0 {
		line := layout.firstOdd()
		flaws = append(flaws, Flaw{
			Lines: []int{line}, Loaders: stopped, What: unknownLayout, Fix: unknownFix,
		})
	}
	return flaws
}

// String names the loaders as people know them.
func (f Flaw) String() string {
	names := make([]string, len(f.Loaders))
	for i, l := range f.Loaders {
		names[i] = string(l)
	}
	return strings.Join(names, ", ")
}
