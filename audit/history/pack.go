package history

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
)

// maxDoc bounds a document that is read back, in bytes: a verdict on the
// largest chain that the scanner reads stays far below.
const maxDoc = 16 << 20

// A packer compresses documents. The 64-digit hashes of clients' paths, which
// make up most of a verdict, repeat within it: it shrinks to a tenth. Making a
// compressor costs more than a document, so one serves a whole transaction.
type packer struct{ w *flate.Writer }

func (p *packer) pack(doc []byte) []byte {
	var b bytes.Buffer
	if p.w == nil {
		p.w, _ = flate.NewWriter(&b, flate.DefaultCompression) // fails for a bad level only
	} else {
		p.w.Reset(&b)
	}
	p.w.Write(doc) // a Buffer takes everything
	p.w.Close()
	return b.Bytes()
}

// unpack is the way back, also from a damaged database.
func unpack(packed []byte) ([]byte, error) {
	doc, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxDoc+1))
	if err != nil {
		return nil, fmt.Errorf("unpacking a document of the history: %w", err)
	}
	if len(doc) > maxDoc {
		return nil, fmt.Errorf("unpacking a document of the history: it has more than %d bytes", maxDoc)
	}
	return doc, nil
}
