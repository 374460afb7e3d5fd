package install

import (
	"strings"
	"unicode/utf8"
)

// sh quotes a word for a POSIX shell: nothing is special between single quotes
// but the quote itself.
func sh(s string) string {
	if s != "" && strings.Trim(s, plainLetters) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

const plainLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-:@+"

// ps quotes a word for PowerShell, which takes five characters for a single
// quote: each is doubled.
func ps(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		b.WriteRune(r)
		if strings.ContainsRune("'\u2018\u2019\u201a\u201b", r) {
			b.WriteRune(r)
		}
	}
	return b.String() + "'"
}

// cmd quotes a path for cmd.exe, which expands %NAME% between quotes too, has
// no way to write a quote inside them, and sees ! in some settings. A Windows
// path has no quote; a name with any of these is left to the user.
func cmd(s string) string {
	if strings.ContainsAny(s, "\"%!^\r\n") {
		return `"(the file, in its folder)"`
	}
	return `"` + s + `"`
}

// quoted is the double-quoted string of nginx, HAProxy and Caddy: a backslash
// takes the meaning of a quote and of itself. extra are further letters that
// the language expands and a backslash protects.
func quoted(s, extra string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r == '"' || r == '\\' || strings.ContainsRune(extra, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String() + `"`
}

// yaml writes a double-quoted YAML scalar (YAML 1.2 section 7.3.1): ASCII as
// it is, all else escaped, so that no odd letter or line break is seen raw.
func yaml(s string) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\ufffd`)
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r >= ' ' && r < 0x7f:
			b.WriteRune(r)
		default:
			b.WriteString(`\U`)
			for shift := 28; shift >= 0; shift -= 4 {
				b.WriteByte(hex[r>>shift&15])
			}
		}
		i += size
	}
	return b.String() + `"`
}

// xml writes an attribute's value.
func xml(s string) string {
	return `"` + strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;", "\r", "&#13;", "\t",
		"&#9;").Replace(s) + `"`
}

// plain reports whether a value can stand in a language without quoting.
func plain(s string) bool {
	return s != "" && strings.Trim(s, plainLetters) == "" && !strings.HasPrefix(s, "-")
}

// words writes a command of whole words.
func words(l Language, argv []string) string {
	out := make([]string, len(argv))
	for i, w := range argv {
		switch {
		case l == Cmd:
			out[i] = cmd(w)
		case l == PowerShell && (w == "" || w[0] == '@' || strings.Trim(w, plainLetters) != ""):
			out[i] = ps(w)
		case l == PowerShell:
			out[i] = w
		default:
			out[i] = sh(w)
		}
	}
	return strings.Join(out, " ")
}

// path is the whole path of one of the job's files.
func (j Job) path(suffix string) string { return strings.TrimRight(j.Dir, "/") + "/" + j.Name + suffix }

// windows is the same with the separators of Windows: the user copies the
// files there, into the current folder.
func (j Job) windows(suffix string) string { return `.\` + j.Name + suffix }
