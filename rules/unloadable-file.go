package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tlschain/tlschain/rules/certfile"
)

var unloadableFile = Rule{
	ID: "unloadable-file", Class: ClassPresentation, Severity: Error, Since: "0.2",
	Title: "Servers do not load the file as it is written",
	Why: "Programs that read PEM differ in what they forgive. A byte order mark, a blank line inside a block or a header before " +
		"the base64 text is nothing to one server, and another does not start, keeps presenting the old certificate, or leaves " +
		"the certificate out without a word. " +
		"OpenSSL stands for nginx, Apache httpd, HAProxy, Postfix and Python, Go for Caddy and Traefik, Java for what reads the file by a CertificateFactory.",
	Fix: "Write the file anew: `tlschain fix FILE` writes the same certificates as plain PEM. By hand, each block is a line " +
		"-----BEGIN CERTIFICATE-----, the base64 text in lines of 64 characters, and a line -----END CERTIFICATE-----, all from the first column on, with nothing between them.",
	Refs:   []string{"RFC 7468 section 2", "RFC 7468 section 5"},
	Beyond: true,
	Japanese: Text{
		Title: "このままの書き方ではサーバーがファイルを読み込めない",
		Why: "PEM を読むプログラムが何を許容するかは、それぞれ異なります。バイト順マーク (BOM)、ブロック内の空行、base64 の前のヘッダー行などは、あるサーバーでは問題にならず、" +
			"別のサーバーでは起動に失敗したり、古い証明書を送り続けたり、その証明書だけが何の警告もなく除かれたりします。" +
			"OpenSSL は nginx、Apache httpd、HAProxy、Postfix、Python を、Go は Caddy と Traefik を、Java は CertificateFactory でファイルを読むものを代表します。",
		Fix: "ファイルを書き直してください。`tlschain fix FILE` は、同じ証明書を標準的な PEM で書き出します。手作業では、-----BEGIN CERTIFICATE----- の行、64 文字ごとに改行した base64、-----END CERTIFICATE----- の行を、" +
			"すべて行の先頭から書き、間にほかのものを入れないでください。",
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, f := range s.File {
			report(Finding{Severity: unloadableSeverity(f), Message: unloadableMessage(f), Fix: f.Fix})
		}
	},
}

// unloadableSeverity is an error where a server does not start. Servers in Java
// mostly take key stores, and read PEM files by code of their own.
func unloadableSeverity(f certfile.Flaw) Severity {
	switch {
	case f.Harmless:
		return Info
	case slices.Equal(f.Loaders, []certfile.Loader{certfile.Java}):
		return Warning
	}
	return Error
}

func unloadableMessage(f certfile.Flaw) string {
	message := fmt.Sprintf("%s: %s", linesText(f.Lines), f.What)
	if f.Store {
		message = "In the key store, " + f.What
	}
	if len(f.Loaders) > 0 {
		var names []string
		for _, l := range f.Loaders {
			name := string(l)
			if l == certfile.OpenSSL {
				name += " (nginx, Apache httpd, HAProxy)"
			}
			names = append(names, name)
		}
		message += fmt.Sprintf("; %s do not load it", listed(names))
		if len(names) == 1 {
			message = strings.TrimSuffix(message, "do not load it") + "does not load it"
		}
	}
	return message + "."
}

// linesText is "Line 3", "Lines 3 and 15", or with more of them, the first.
func linesText(lines []int) string {
	switch len(lines) {
	case 0:
		return "The file"
	case 1:
		return "Line " + strconv.Itoa(lines[0])
	case 2:
		return fmt.Sprintf("Lines %d and %d", lines[0], lines[1])
	}
	return fmt.Sprintf("Line %d and %d more", lines[0], len(lines)-1)
}

// listed joins words as people do: a, b and c.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
