package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// A browser takes seconds to lay out tens of thousands of endpoints, and half of
// one to read as many as text. So where there are many, the worst are elements of
// the page; the others stand in it as text, in blocks, with an index that search,
// filters and order go by, and the script makes elements of those in view.
const (
	pagedFrom = 5_000 // endpoints
	pageRows  = 500   // that are elements, and that are in a block
)

// An indexEntry is what the script knows of an endpoint whose element is not made
// yet. It is written as an array, in this order, after its block and its place.
type indexEntry struct {
	id, rank int
	state    string
	expires  int64
	refusing int
	name     string
	text     string // to search in
}

func entryOf(v endpointView) indexEntry {
	text := []string{v.Name, v.Address}
	for _, r := range v.Rules {
		text = append(text, r.Rule)
	}
	return indexEntry{v.ID, v.Rank, v.State, v.Unix, v.Refusing, v.Name, strings.Join(append(text, v.Expires), " ")}
}

// A rowWriter writes endpoints, worst first, into the list that is open.
type rowWriter interface {
	row(r htmlRow, detail []byte) error
	end() error // ends the list
}

const rowEnd = "</div></details>\n"

// writeAll writes parts in turn.
func writeAll(w io.Writer, parts ...[]byte) error {
	for _, part := range parts {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("writing the page: %w", err)
		}
	}
	return nil
}

// plainRows are all elements.
type plainRows struct{ w io.Writer }

func (p plainRows) row(r htmlRow, detail []byte) error {
	return writeAll(p.w, r.base, detail, []byte(rowEnd))
}

func (p plainRows) end() error { return writeAll(p.w, []byte("</div>")) }

// pagedRows are elements at first, then text. What html/template has escaped has
// no script element and no comment in it, which are all that could end a block.
type pagedRows struct {
	w     io.Writer
	n     int
	index []byte // a JSON array that is open
}

func (p *pagedRows) row(r htmlRow, detail []byte) error {
	n := p.n - pageRows
	p.n++
	before := ""
	switch {
	case n < 0:
	case n == 0:
		before = "</div>\n" + blockStart
	case n%pageRows == 0:
		before = "</script>\n" + blockStart
	default:
		before = "<hr>"
	}
	if n >= 0 {
		e := r.entry
		line, err := json.Marshal([]any{n / pageRows, n % pageRows, e.id, e.rank, e.state, e.expires, e.refusing, e.name, e.text})
		if err != nil {
			return fmt.Errorf("writing the page: %w", err)
		}
		p.index = append(append(p.index, ",\n"...), line...)
	}
	return writeAll(p.w, []byte(before), r.base, detail, []byte(rowEnd))
}

const blockStart = `<script type="text/plain" class="rows">`

const indexStart = `<script type="application/json" id="index">[`

func (p *pagedRows) end() error {
	return writeAll(p.w, []byte("</script>\n"+indexStart), p.index[min(len(p.index), 1):], []byte("]</script>\n"))
}
