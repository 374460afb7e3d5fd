package certfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// A node is a value of a YAML or JSON document: what of it can hold
// certificates, names and keys.
type node struct {
	key     string // under which it stands in its map
	text    string // of a scalar
	line    int    // from 1; of a value in a map, its key's
	mapping bool   // kids are a map's
	kids    []node
}

// The bounds of what is read as a document. Values are counted before there is
// a tree of them: one of nothing but brackets is a hundred times its text.
const (
	maxYAML       = 4 << 20 // bytes
	maxYAMLValues = 200_000
	maxJSONValues = 2_000_000
	maxNesting    = 50 // deeper than any manifest goes
)

var errNoDocument = errors.New("it is no YAML or JSON document")

// documents reads all that data holds. What is neither YAML nor JSON is none.
// Aliases are not followed: what they repeat has been read where it stands.
func documents(data []byte) ([]node, error) {
	if text := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff"))); len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		docs, err := jsonDocuments(text)
		if !errors.Is(err, errNoDocument) {
			return docs, err
		}
	}
	if len(data) > maxYAML {
		return nil, fmt.Errorf("it is YAML of more than %d MiB: give it in parts, or as JSON (kubectl get secret -o json)", maxYAML>>20)
	}
	if n := yamlValues(data); n > maxYAMLValues {
		return nil, fmt.Errorf("it is YAML of more than %d values: give it in parts, or as JSON (kubectl get secret -o json)", maxYAMLValues)
	}
	var docs []node
	for in := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var doc yaml.Node
		err := in.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return nil, nil // text with PEM in it may well be no YAML
		}
		if n, ok := fromYAML(&doc, 0); ok {
			docs = append(docs, n)
		}
	}
}

// yamlValues is no less than half of the values that a text can stand for.
func yamlValues(data []byte) (n int) {
	for _, mark := range []string{"\n", ",", "[", "{", "- ", "? "} {
		n += bytes.Count(data, []byte(mark))
	}
	return n
}

func fromYAML(from *yaml.Node, depth int) (n node, ok bool) {
	if depth > maxNesting {
		return node{}, false
	}
	n.line = from.Line
	switch from.Kind {
	case yaml.DocumentNode:
		return fromYAML(from.Content[0], depth)
	case yaml.ScalarNode:
		n.text = from.Value
	case yaml.SequenceNode:
		for _, item := range from.Content {
			if kid, ok := fromYAML(item, depth+1); ok {
				n.kids = append(n.kids, kid)
			}
		}
	case yaml.MappingNode:
		n.mapping = true
		for i := 0; i+1 < len(from.Content); i += 2 {
			if kid, ok := fromYAML(from.Content[i+1], depth+1); ok {
				kid.key, kid.line = from.Content[i].Value, from.Content[i].Line
				n.kids = append(n.kids, kid)
			}
		}
	default:
		return node{}, false
	}
	return n, true
}

// A jsonReader reads JSON value by value, so that a list of all the Secrets of a
// cluster is no more in memory than what is looked at.
type jsonReader struct {
	*json.Decoder
	text   []byte
	line   int // of the last value
	at     int // up to where lines are counted
	values int
}

func jsonDocuments(text []byte) (docs []node, err error) {
	r := &jsonReader{Decoder: json.NewDecoder(bytes.NewReader(text)), text: text, line: 1}
	for {
		n, err := r.value(0)
		switch {
		case errors.Is(err, io.EOF) && len(docs) > 0:
			return docs, nil
		case err != nil:
			return nil, err
		}
		docs = append(docs, n)
	}
}

func (r *jsonReader) value(depth int) (n node, err error) {
	if depth > maxNesting {
		return n, fmt.Errorf("it is JSON of values within values, more than %d deep", maxNesting)
	}
	token, err := r.token()
	if err != nil {
		return n, err
	}
	n.line = r.line
	switch token := token.(type) {
	case string:
		n.text = token
	case json.Delim:
		n.mapping = token == '{'
		for r.More() {
			key, line := "", 0
			if n.mapping {
				token, err := r.token()
				if err != nil {
					return n, err
				}
				key, line = token.(string), r.line
			}
			kid, err := r.value(depth + 1)
			if err != nil {
				return n, err
			}
			if n.mapping {
				kid.key, kid.line = key, line
			}
			if kid.text != "" || len(kid.kids) > 0 {
				n.kids = append(n.kids, kid)
			}
		}
		if _, err := r.token(); err != nil { // its end
			return n, err
		}
	}
	return n, nil
}

func (r *jsonReader) token() (json.Token, error) {
	token, err := r.Token()
	if err != nil {
		if errors.Is(err, io.EOF) && r.values > 0 && r.InputOffset() == int64(len(r.text)) {
			return nil, io.EOF
		}
		return nil, errNoDocument
	}
	if r.values++; r.values > maxJSONValues {
		return nil, fmt.Errorf("it is JSON of more than %d values: give it in parts", maxJSONValues)
	}
	end := int(r.InputOffset())
	r.line += bytes.Count(r.text[r.at:end], []byte("\n"))
	r.at = end
	return token, nil
}
