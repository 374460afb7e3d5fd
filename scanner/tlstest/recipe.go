package tlstest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

// A Recipe is a chain and what is to be found in it, as a few lines of text
// with a certificate's worth of meaning each:
//
//	root R
//	ca I by R
//	leaf L by I to=2026-11-01
//	present L I
//	anchors R
//	expect expired-leaf severity=error positions=0
//	only
//
// Statements, one a line; # begins a comment; words with blanks are quoted as
// in Go; options are those of recipe_options.go:
//
//	root R                self-signed CA        leaf L by I    server certificate
//	ca I by R             intermediate          leaf L         self-signed one
//	cross X of R by OLD   R's name and key, certified by OLD
//	copy I2 of I          I's name, key and issuer: a renewal or a twin
//	junk J hex=00ff       bytes that are no certificate; size=N: N of them
//	present L I ...       what the server sends, in order
//	sibling L ...         what another address of the same name sends
//	variant no-sni L ...  what another handshake with this address shows
//	elsewhere ZONE L ...  what another network zone is shown; once for each of its addresses
//	flight N              bytes that the server's answer takes over QUIC
//	anchors R ...         the trust anchors of every client
//	store CLIENT R ...    the trust anchors of one client
//	pool I ...            further certificates at hand
//	catalog R ...         certificates that the program knows by itself: public ones
//	public R ...          R came with Chrome, whose bounds on lifetimes hold under it
//	distrust R DATE       Chrome trusts R for leaves issued up to the date
//	revoked I ...         certificates that a list of revoked ones names
//	serverkey L           the private key that the user gives is that of L
//	expected L            the leaf that should be served
//	aiafailed URL         an issuer could not be fetched there
//	flaw LINE LOADER ...  the file is written so that these do not load it; "none": all do
//	tlsa 3 1 1 L          a TLSA record that names L
//	dns unsigned          the TLSA records are not authenticated; mail: the server takes mail; failed: there is no answer
//	ocsp good L by I      the stapled response: good, revoked or unknown; valid from -1d to +1d, or options from=, to=, embedded
//	asked L crl revoked   what the CA says when it is asked: SOURCE STATUS, reason=, fault=
//	unstapled             none was sent, though it was asked for
//	client                what is presented is a client's; the clients are servers then
//	accepts R ...         the CAs that the server names in its request; implies client
//	leafkey L             whose key the server has (default: the first presented)
//	at 2026-11-22         judged as of (default: Now); RFC 3339 or a date
//	name www.example.test judged for this name (default: ServerName); - for none
//	clients openssl-3.0   profiles to judge by
//	expect RULE [severity=error] [positions=0,1] [missing=I,...] [says="TEXT"] [never="TEXT"]
//	absent RULE ...       rules that must not fire
//	only                  nothing but what is expected may fire
type Recipe struct {
	File      string // as in error messages
	Presented [][]byte
	Anchors   [][]byte
	Pool      [][]byte
	Catalog   [][]byte              // what the program knows by itself
	Public    [][]byte              // roots that came with Chrome
	Distrust  map[string]time.Time  // until when Chrome trusts what an anchor issues, by its name
	Revoked   [][]byte              // what a list of revoked certificates names
	Siblings  [][][]byte            // what further addresses present
	Elsewhere map[string][][][]byte // what others were shown, by who it was
	Flight    int                   // bytes of the server's answer over QUIC
	Variants  map[string][][]byte   // what other handshakes with the same address present, by variant
	Stores    map[string][][]byte   // the trust anchors of single clients, by profile id
	ServerKey []byte                // a certificate of the key given by --key; nil: none given
	Expected  []byte                // the leaf that should be served; nil: any
	AIAFailed string                // a caIssuers URL that gave nothing; empty: none
	Flaws     []FileFlaw            // of the text of the file that the chain comes from
	At        time.Time
	Name      string // the name to check; empty: none
	Clients   []string
	Expect    []Expectation
	Absent    []string
	Only      bool
	TLSA      []TLSA   // what DNS says
	DNS       []string // unsigned, mail, failed
	OCSP      []byte   // the stapled response
	Unstapled bool     // there is none
	Asked     []Asked  // what CAs say when they are asked
	Client    bool     // a client presents it to a server
	Accepts   [][]byte // certificates of the CAs that the server names
	LeafKey   *Key     // of what is presented first; nil if that is junk

	entries map[string][]byte
	certs   map[string]*Cert
}

// A FileFlaw is something in a file's text that keeps some servers from loading it.
type FileFlaw struct {
	Line    int
	Loaders []string
}

// A TLSA is a record that names an entry: its usage, selector and matching type.
type TLSA struct {
	Kind  [3]uint8
	Names []byte
}

// An Asked is what a CA says of an entry: by its CRL or OCSP responder.
type Asked struct {
	Of             []byte
	Source, Status string
	Reason, Fault  string
}

// An Expectation is a finding that must be there. What is nil or empty is not
// asked for; Positions that are empty but not nil mean: at no position.
type Expectation struct {
	Line      int
	Rule      string
	Severity  string
	Positions []int
	Missing   []string // names of certificates of the recipe
	Says      string   // stands in the message or the fix
	Never     string   // stands in neither
}

// Cert is the DER of a certificate of the recipe, or the bytes of a piece of
// junk; nil if there is none of that name.
func (r *Recipe) Cert(name string) []byte { return r.entries[name] }

// Identity is what a server shows to play the recipe.
func (r *Recipe) Identity() Identity {
	id := Identity{Entries: r.Presented}
	if r.LeafKey != nil {
		id.Key = r.LeafKey
	}
	return id
}

// ParseRecipe makes what a recipe describes. name is the file's, for errors,
// which name the line too.
func ParseRecipe(name, text string) (*Recipe, error) {
	r := &Recipe{File: name, At: Now(), Name: ServerName, entries: map[string][]byte{}, certs: map[string]*Cert{}}
	first := ""
	for i, line := range strings.Split(text, "\n") {
		words, err := splitWords(line)
		if err == nil && len(words) > 0 {
			err = r.statement(i+1, words[0].name, words[1:])
			if words[0].name == "present" && first == "" && len(words) > 1 {
				first = words[1].name
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	if first == "" {
		return nil, fmt.Errorf("%s: nothing is presented: add a line such as: present L I", name)
	}
	if c := r.certs[first]; c != nil && r.LeafKey == nil {
		r.LeafKey = c.Key
	}
	return r, nil
}

// Recipes reads all recipes (*.txt) of a tree, in the order of their paths.
func Recipes(fsys fs.FS) ([]*Recipe, error) {
	var recipes []*Recipe
	err := fs.WalkDir(fsys, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(file) != ".txt" {
			return err
		}
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return err
		}
		r, err := ParseRecipe(file, string(text))
		recipes = append(recipes, r)
		return err
	})
	return recipes, err
}

// A word of a statement is NAME or NAME=VALUE.
type word struct {
	name, value string
	hasValue    bool
}

// splitWords cuts a line at its blanks, but not within Go string literals,
// and drops the comment.
func splitWords(line string) ([]word, error) {
	var words []word
	for {
		line = strings.TrimLeft(line, " \t\r")
		if line == "" || line[0] == '#' {
			return words, nil
		}
		var text strings.Builder
		for line != "" && !strings.ContainsRune(" \t\r", rune(line[0])) {
			if line[0] != '"' && line[0] != '`' {
				text.WriteByte(line[0])
				line = line[1:]
				continue
			}
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, errors.New("a quoted word does not end")
			}
			value, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, err
			}
			text.WriteString(value)
			line = line[len(quoted):]
		}
		name, value, hasValue := strings.Cut(text.String(), "=")
		words = append(words, word{name, value, hasValue})
	}
}
