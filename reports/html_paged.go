package reports

import (
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A browser takes seconds to lay out tens of thousands of endpoints, and half of
// one to read as many as text. So where there are many, the worst are elements of
// the page; the others stand in it in blocks, packed by DEFLATE and in base64, with
// an index that search, filters and order go by, and the script makes elements of
// those in view.
const (
	pagedFrom = 5_000 // endpoints
	pageRows  = 500   // that are elements, and that are in a block
)

// An indexEntry is what the script knows of an endpoint whose element is not made
// yet. It is written as an array, in this order; where it is in its block follows
// from where it is in the index.
type indexEntry struct {
	id, rank int
	state    string
	expires  int64
	refusing int
	name     string
	text     string // to search in, beside the name
}

func entryOf(v endpointView) indexEntry {
	text := []string{v.Address}
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

// pagedRows are elements at first, then in blocks.
type pagedRows struct {
	w     io.Writer
	n     int
	base  io.WriteCloser // of the block that is open, in base64
	pack  *flate.Writer  // into base
	index []byte         // a JSON array that is open
}

func (p *pagedRows) row(r htmlRow, detail []byte) error {
	n := p.n - pageRows
	p.n++
	if n < 0 {
		return writeAll(p.w, r.base, detail, []byte(rowEnd))
	}
	e := r.entry
	line, err := json.Marshal([]any{e.id, e.rank, e.state, e.expires, e.refusing, e.name, e.text})
	if err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	p.index = append(append(p.index, ",\n"...), line...)
	if n == 0 {
		if err := writeAll(p.w, []byte("</div>\n")); err != nil {
			return err
		}
	}
	if n%pageRows == 0 {
		err = p.begin()
	} else {
		err = writeAll(p.pack, []byte("<hr>"))
	}
	if err != nil {
		return err
	}
	return writeAll(p.pack, r.base, detail, []byte(rowEnd))
}

// begin begins a block.
func (p *pagedRows) begin() error {
	if err := p.close(); err != nil {
		return err
	}
	p.base = base64.NewEncoder(base64.StdEncoding, p.w)
	if p.pack == nil {
		p.pack, _ = flate.NewWriter(p.base, flate.DefaultCompression) // a level that there is
	} else {
		p.pack.Reset(p.base)
	}
	return writeAll(p.w, []byte(blockStart))
}

// close ends the block that is open.
func (p *pagedRows) close() error {
	if p.base == nil {
		return nil
	}
	if err := errors.Join(p.pack.Close(), p.base.Close()); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return writeAll(p.w, []byte("</script>\n"))
}

const blockStart = `<script type="text/plain" class="rows">`

const indexStart = `<script type="application/json" id="index">[`

func (p *pagedRows) end() error {
	if err := p.close(); err != nil {
		return err
	}
	return writeAll(p.w, []byte(indexStart), p.index[min(len(p.index), 1):], []byte("]</script>\n"))
}
