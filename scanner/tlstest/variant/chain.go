// Package variant makes certificate chains that are plain but for a few things:
// a leaf, one or two intermediates and a root, with one to three changes to any
// of them. Changes are written as POSITION:WORD=VALUE, the position being L
// (leaf), J (the intermediate above it, if there are two), I (intermediate), R
// (root) or A (all): "L:key=p521 I:eku=client".
//
// It makes what crypto/x509 would not: keys of kinds that Go does not know,
// algorithms and encodings that no CA should use. What it makes follows from
// the text alone, so nothing made here may ever protect anything.
package variant

import (
	"fmt"
	"strings"
	"time"
)

// A Chain is made of changes, and ready to be shown.
type Chain struct {
	ID        string // in all names of CAs, so that no two chains share one
	Changes   []Change
	Host      string // that clients are to ask for
	Exchange  string // rsa: the server has the client encrypt a secret to its key
	Forced    bool   // the server shows the leaf whatever kinds of key the client lists
	Version   string // of TLS, where only one can be: 1.2 or 1.3
	Key       *Key   // of the leaf
	Presented [][]byte
	Anchors   [][]byte
}

// A Change is one of a text.
type Change struct {
	At          byte // L, J, I, R or A; 0: the whole chain
	Word, Value string
}

func (c Change) String() string {
	text := c.Word + "=" + c.Value
	if c.At != 0 {
		text = string(c.At) + ":" + text
	}
	return text
}

// Parse reads a text.
func Parse(text string) (out []Change, err error) {
	for _, field := range strings.Fields(text) {
		var c Change
		if len(field) > 2 && field[1] == ':' && strings.IndexByte("LJIRA", field[0]) >= 0 {
			c.At, field = field[0], field[2:]
		}
		var ok bool
		if c.Word, c.Value, ok = strings.Cut(field, "="); !ok {
			return nil, fmt.Errorf("%q is not WORD=VALUE", field)
		}
		out = append(out, c)
	}
	return out, nil
}

// Text writes changes as [Parse] reads them.
func Text(changes []Change) string {
	var words []string
	for _, c := range changes {
		words = append(words, c.String())
	}
	return strings.Join(words, " ")
}

// Make makes a chain, valid around now.
func Make(id string, changes []Change, now time.Time) (*Chain, error) {
	out := &Chain{ID: id, Changes: changes, Host: "test.example"}
	list := []*certificate{{at: 'R'}, {at: 'I'}}
	for _, c := range changes {
		if c.At == 'J' && len(list) == 2 {
			list = append(list, &certificate{at: 'J'})
		}
	}
	list = append(list, &certificate{at: 'L'})
	for _, c := range changes { // what the rest depends on
		if err := out.prepare(c, list); err != nil {
			return nil, fmt.Errorf("%s: %w", c, err)
		}
	}
	for i, c := range list {
		if c.key == nil {
			c.key, _ = newKey("rsa2048", string(c.at)) // which there is
		}
		if i > 0 {
			c.issuer = list[i-1]
		}
		c.usual(id, out.Host, now)
		for _, change := range changes {
			if change.At != c.at && change.At != 'A' {
				continue
			}
			if err := c.change(change, now); err != nil {
				return nil, fmt.Errorf("%s: %w", change, err)
			}
		}
	}
	for _, c := range list {
		if err := c.seal(); err != nil {
			return nil, fmt.Errorf("signing %c: %w", c.at, err)
		}
		if c.at == 'R' {
			out.Anchors = [][]byte{c.der}
		} else {
			out.Presented = append([][]byte{c.der}, out.Presented...)
		}
	}
	out.Key = list[len(list)-1].key
	if strings.HasPrefix(out.Key.Kind, "mldsa") {
		out.Version = "1.3" // TLS 1.2 has no signatures of that kind
	}
	return out, nil
}

// prepare does what comes before the usual fields: keys, and what is about the
// whole chain.
func (out *Chain) prepare(c Change, list []*certificate) (err error) {
	switch {
	case c.At == 0 && c.Word == "host":
		out.Host = c.Value
	case c.At == 0 && c.Word == "kx":
		out.Exchange, out.Version = c.Value, "1.2"
	case c.At == 0 && c.Word == "tls":
		out.Version = c.Value
	case c.At == 0 && c.Word == "serve":
		out.Forced, out.Version = true, "1.2"
	case c.At == 0:
		return fmt.Errorf("no such change of a whole chain")
	case c.Word == "key" || c.Word == "form":
		for _, made := range list {
			if made.at != c.At && c.At != 'A' {
				continue
			}
			if c.Word == "key" {
				if made.key, err = newKey(c.Value, string(made.at)); err != nil {
					return err
				}
			} else if made.key == nil || made.key.curve == nil {
				return fmt.Errorf("only a key of a curve has forms")
			} else {
				made.key = made.key.formed(c.Value)
				if made.at == 'L' && c.Value != "explicit" {
					out.Version = "1.3" // over 1.2 it depends on what forms the server lists
				}
			}
		}
	}
	return nil
}
