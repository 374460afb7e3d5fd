package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tlschain/tlschain/rules/certfile"
)

var unloadableFile = Rule{
	ID: "unloadable-file", Class: ClassPresentation, Severity: Error, Since: "0.1",
	Title: "Servers do not load the file as it is written",
	Why: "Programs that read PEM differ in what they forgive. A byte order mark, a blank line inside a block or a header before " +
		"the base64 text is nothing to one server, and another does not start, keeps presenting the old certificate, or leaves " +
		"the certificate out without a word. " +
		"OpenSSL stands for nginx, Apache httpd, HAProxy, Postfix and Python, Go for Caddy and Traefik, " +
		"Java for what reads the file by a CertificateFactory.",
	Fix: "Write the file anew: `tlschain fix FILE` writes the same certificates as plain PEM. By hand, each block is a line " +
		"-----BEGIN CERTIFICATE-----, the base64 text in lines of 64 characters, and a line -----END CERTIFICATE-----, " +
		"all from the first column on, with nothing between them.",
	Refs:   []string{"RFC 7468 section 2", "RFC 7468 section 5"},
	Beyond: true, Rewriting: true,
	Japanese: Text{
		Title: "このままの書き方ではサーバーがファイルを読み込めない",
		Why: "PEM を読むプログラムが何を許容するかは、それぞれ異なります。バイト順マーク (BOM)、ブロック内の空行、base64 の前のヘッダー行などは、あるサーバーでは問題にならず、" +
			"別のサーバーでは起動に失敗したり、古い証明書を送り続けたり、その証明書だけが何の警告もなく除かれたりします。" +
			"OpenSSL は nginx、Apache httpd、HAProxy、Postfix、Python を、Go は Caddy と Traefik を、Java は CertificateFactory でファイルを読むものを代表します。",
		Fix: "ファイルを書き直してください。`tlschain fix FILE` は、同じ証明書を標準的な PEM で書き出します。手作業では、-----BEGIN CERTIFICATE----- の行、64 文字ごとに改行した base64、" +
			"-----END CERTIFICATE----- の行を、" +
			"すべて行の先頭から書き、間にほかのものを入れないでください。",
		Says: map[string]string{
			"Line %d":                      "%[1]s 行目",
			"Lines %d and %d":              "%[1]s 行目と %[2]s 行目",
			"Line %d and %d more":          "%[1]s 行目他 %[2]s 行",
			"The file":                     "ファイル",
			"%s: %s; %s does not load it.": "%[1]s: %[2]s。%[3]s は読み込みません。",
			"%s: %s; %s do not load it.":   "%[1]s: %[2]s。%[3]s は読み込みません。",
			"%s: %s.":                      "%[1]s: %[2]s。",
			"In the key store, %s.":        "キーストアについて: %[1]s。",
			"Go and Java":                  "Go と Java",
			"%s (nginx, Apache httpd, HAProxy) and %s": "%[1]s (nginx, Apache httpd, HAProxy) と %[2]s",
			"%s, %s and %s": "%[1]s、%[2]s、%[3]s",
			"the text is percent-encoded, as in a URL: %0A stands for each line " +
				"break": "URL のようにパーセント符号化され、改行が %%0A になっています",
			"Decode it, so that each line stands on a line of its own.": "復号し、各行を独立した行にしてください。",
			"line breaks are written as \\n, as in JSON or an environment " +
				"variable": "JSON や環境変数のように、改行が \\n と書かれています",
			"Write real line breaks: printf '%b\\n' \"$CERT\" > file.pem turns each \\n into " +
				"one.": "実際の改行にしてください。printf '%b\\n' \"$CERT\" > file.pem で \\n が改行になります。",
			"lines end in a carriage return alone, as on old Macs": "古い Mac のように、行末が CR だけです",
			"Write line feeds instead: tr '\\r' '\\n' < file.pem > " +
				"new.pem.": "LF にしてください: tr '\\r' '\\n' < file.pem > new.pem。",
			"lines end in LF CR instead of CR LF": "行末が CR LF でなく LF CR です",
			"Take the carriage returns out: tr -d '\\r' < file.pem > " +
				"new.pem.": "CR を取り除いてください: tr -d '\\r' < file.pem > new.pem。",
			"line breaks are missing or written as blanks: BEGIN, base64 text and END stand on one " +
				"line": "改行がないか空白になっています。BEGIN、base64、END が 1 行にあります",
			"Put BEGIN and END on lines of their own, and the base64 text on lines of 64 characters. " +
				"An unquoted shell variable loses line breaks: write " +
				"\"$CERT\".": "BEGIN と END を独立した行に置き、base64 を 64 文字ごとに改行してください。シェルの変数は引用符で囲まないと改行が失われます: \"$CERT\"。",
			"it begins with a byte order mark (UTF-8)": "バイト順マーク (UTF-8) で始まっています",
			"it begins with a byte order mark":         "バイト順マークで始まっています",
			"Save the file as ASCII, or as UTF-8 without BOM; files with a mark that are joined keep it in the " +
				"middle.": "ASCII か BOM なしの UTF-8 で保存してください。BOM 付きのファイルを連結すると途中に残ります。",
			"it is indented": "字下げされています",
			"Begin each line at its first column: sed 's/^[ \\t]*//'.": "各行を行頭から始めてください: sed 's/^[ \\t]*//'。",
			"something else stands on the line with BEGIN, END or the base64 text, " +
				"such as quotes": "BEGIN、END、base64 の行に、引用符など他の文字があります",
			"Leave nothing but the PEM block: BEGIN and END begin a line and end " +
				"it.": "PEM のブロックだけを残してください。BEGIN と END は行全体を占めます。",
			"lines end in CR CR LF: the file was turned into Windows text " +
				"twice": "行末が CR CR LF です。Windows 形式への変換が 2 回行われています",
			"the block is labelled %q instead of CERTIFICATE": "ブロックの種別が CERTIFICATE でなく %[1]s です",
			"Write it anew with openssl x509 -in file.pem, which labels it " +
				"CERTIFICATE.": "openssl x509 -in file.pem で書き直すと、種別が CERTIFICATE になります。",
			"a header stands between BEGIN and the base64 text":               "BEGIN と base64 の間にヘッダーがあります",
			"Take out the lines with a colon and the blank line behind them.": "コロンを含む行と、その後の空行を取り除いてください。",
			"a blank line stands inside the block":                            "ブロックの中に空行があります",
			"Take out blank lines between BEGIN and END.":                     "BEGIN と END の間の空行を取り除いてください。",
			"the text is not laid out as these servers read PEM":              "これらのサーバーが読める PEM の形式になっていません",
			"Write each block anew: BEGIN, base64 text in lines of 64 characters, END, " +
				"and nothing else between them.": "各ブロックを書き直してください。BEGIN、64 文字ごとの base64、END だけにします。",
		},
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
