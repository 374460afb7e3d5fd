// Package install knows what the administrator of each kind of server has to
// do to have it send a corrected chain: which files in which form, the lines
// of configuration, the commands, how to reload, and how to see that it worked.
//
// It writes nothing and runs nothing. No text from a certificate or from a
// server is in what it prints: only the user's own words, quoted for the
// language in which they stand, hashes, serial numbers and positions. A value
// that a language cannot quote is not put into it.
package install

import (
	"fmt"
	"slices"
	"strings"
)

// A Form is what a file holds.
type Form string

// The forms. PEM unless said otherwise.
const (
	Fullchain Form = "the server's certificate, then its issuers"
	Issuers   Form = "the issuers, in order"
	Leaf      Form = "the server's certificate"
	Issuer    Form = "one issuer"
	Bag       Form = "the issuers as PKCS #7"                                                // DER, for Windows
	KeyStore  Form = "the private key, the server's certificate and its issuers as PKCS #12" // needs the key
	WithKey   Form = "the server's certificate, its issuers and the private key"             // needs the key
	Root      Form = "the root"                                                              // never written, only named
)

// A File is one that fix writes.
type File struct {
	Name     string // within the job's folder: [a-z0-9.-] only
	Form     Form
	Position int // of an Issuer: 1 is the leaf's own
}

// Private reports whether the file holds a private key.
func (f File) Private() bool { return f.Form == KeyStore || f.Form == WithKey }

// A Language is what a step's lines are written in.
type Language string

// The languages.
const (
	Shell      Language = "sh"
	PowerShell Language = "powershell"
	Cmd        Language = "cmd"
	Nginx      Language = "nginx"
	Apache     Language = "apache"
	HAProxy    Language = "haproxy"
	Caddyfile  Language = "caddyfile"
	YAML       Language = "yaml"
	XML        Language = "xml"
	Conf       Language = "conf" // name = value, without quoting
)

// A Step is one thing to do. Lines, if any, are to be typed or pasted as they are.
type Step struct {
	Text     string
	Language Language
	Lines    []string
}

// A Job is one server to fix.
type Job struct {
	Name       string   // of its files, by SafeName
	Dir        string   // where they are: an absolute path, as the user gave it
	Issuers    int      // certificates behind the leaf
	Key        string   // path of the private key, if the user named it
	PFX        bool     // write a PKCS #12 file too
	Thumbprint string   // SHA-1 of the leaf, 40 hex digits: what Windows calls a certificate by
	Twins      []string // hex serial numbers of self-signed roots that share name and key with a cross-certificate among the issuers
	Verify     []string // the command that looks again, by words
}

// AnyHost stands in [Job.Verify] for the name of a server that the user has not
// named: a certificate's names are not ours to print into a command.
const AnyHost = "HOST"

// A Kind is one kind of server.
type Kind struct {
	ID    string
	Title string
	files func(Job) []File
	steps func(Job) []Step
}

// Kinds gives all kinds, in the order in which people read them.
func Kinds() []Kind {
	return []Kind{
		apache(), nginx(), haproxy(), caddy(), envoy(), traefik(),
		iis(), iis6(), exchange(), tomcat(), iplanet(), bigip(),
		kubernetes(), awsACM(), postfix(), dovecot(),
	}
}

// Unknown is a kind of which nothing is known but that it takes the full chain. It
// has no ID, and no steps.
func Unknown() Kind { return Kind{files: fullchain} }

// Lookup finds a kind by its id.
func Lookup(id string) (Kind, error) {
	var ids []string
	for _, k := range Kinds() {
		if k.ID == id {
			return k, nil
		}
		ids = append(ids, k.ID)
	}
	return Kind{}, fmt.Errorf("no server kind %q: type one of %s", id, strings.Join(ids, ", "))
}

// Files gives the files that the kind takes.
func (k Kind) Files(j Job) []File {
	files := k.files(j)
	if j.Issuers == 0 { // a leaf right under its root: a file of nothing helps nobody
		files = slices.DeleteFunc(files, func(f File) bool { return f.Form == Issuers || f.Form == Bag })
	}
	if j.PFX && j.Key != "" && !slices.ContainsFunc(files, func(f File) bool { return f.Form == KeyStore }) {
		files = append(files, File{Name: j.Name + ".pfx", Form: KeyStore})
	}
	return files
}

// Steps gives what to do with the files, from installing to looking again.
func (k Kind) Steps(j Job) []Step {
	steps := k.steps(j)
	language := Shell
	switch k.ID {
	case "iis", "iis-6", "exchange":
		language = PowerShell
	}
	text := "Look again, from another machine if you can:"
	if slices.Contains(j.Verify, AnyHost) {
		text = "Look again, from another machine if you can (" + AnyHost + " is your server's name):"
	}
	return append(steps, Step{text, language, []string{words(language, j.Verify)}})
}

// FromHeader guesses the kind of the server from its Server header. The header
// decides nothing else, and is in nothing that is printed.
func FromHeader(header string) (Kind, bool) {
	h := strings.ToLower(header)
	for _, g := range []struct{ sign, id string }{
		{"microsoft-iis/6.", "iis-6"}, {"microsoft-iis", "iis"}, {"microsoft-httpapi", "iis"},
		{"nginx", "nginx"}, {"openresty", "nginx"}, {"apache-coyote", "tomcat"}, {"tomcat", "tomcat"}, {"apache", "apache"},
		{"caddy", "caddy"}, {"envoy", "envoy"}, {"bigip", "bigip"}, {"big-ip", "bigip"},
		{"sun-one", "iplanet"}, {"sun-java-system", "iplanet"}, {"oracle-iplanet", "iplanet"}, {"netscape-enterprise", "iplanet"},
		{"haproxy", "haproxy"}, {"awselb", "aws-acm"}, {"cloudfront", "aws-acm"},
	} {
		if strings.HasPrefix(h, g.sign) {
			k, err := Lookup(g.id)
			return k, err == nil
		}
	}
	return Kind{}, false
}

// SafeName reduces the user's own words to what may be a file's name
// everywhere: letters, digits, dots and hyphens, in lower case, not beginning
// with a dot or a hyphen, and not too long.
func SafeName(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-") && !strings.HasSuffix(b.String(), "."):
			if r == '.' {
				b.WriteRune('.')
			} else {
				b.WriteRune('-')
			}
		}
		if b.Len() == 100 {
			break
		}
	}
	name := strings.Trim(b.String(), ".-")
	if name == "" || reserved(name) {
		return "server"
	}
	return name
}

// Names are those that files have already. The zero value has none.
type Names struct{ taken map[string]bool }

// Of is [SafeName], with a number where a name is taken.
func (n *Names) Of(text string) string {
	name := SafeName(text)
	for i := 2; n.taken[name]; i++ {
		name = fmt.Sprintf("%s-%d", SafeName(text), i)
	}
	if n.taken == nil {
		n.taken = make(map[string]bool)
	}
	n.taken[name] = true
	return name
}

// reserved reports whether Windows takes the name for a device.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	switch stem {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) && stem[3] >= '0' && stem[3] <= '9'
}

// The usual sets of files.

func fullchain(j Job) []File { return []File{{Name: j.Name + ".fullchain.pem", Form: Fullchain}} }

// separate is one file for each certificate, numbered from the leaf.
func separate(j Job) []File {
	files := []File{{Name: j.Name + ".0.cer", Form: Leaf}}
	for i := range j.Issuers {
		files = append(files, File{Name: fmt.Sprintf("%s.%d.cer", j.Name, i+1), Form: Issuer, Position: i + 1})
	}
	return files
}
