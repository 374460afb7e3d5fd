package catalog

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// The file of facts: magic (8 bytes), format (1 byte), the lengths of its two
// parts before compression (4 bytes each, big-endian), the SHA-256 of both,
// then the plain part, and the packed part: by DEFLATE (RFC 1951), or uncompressed in
// the table that comes with the program, where inflating it would take a quarter of
// what a scan of one target does.
const (
	magic              = "tlsfacts"
	format             = 2 // with constraints of anchors, and what is revoked
	formatUncompressed = 3 // the same, not compressed
	header             = len(magic) + 1 + 4 + 4 + sha256.Size
)

// maxPart and maxFile bound what reading a hostile file may cost. Ours has
// some 4 MB, in parts of 2.6 and 1.4 MB.
const (
	maxPart = 16 << 20
	maxFile = 16 << 20
)

// Read reads facts that Write wrote. A file that is damaged, of another format
// or no such file at all is an error that says so.
func Read(r io.Reader) (*Facts, error) {
	file, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading facts: %w", err)
	}
	f, err := parse(file, atOnce)
	if err != nil {
		return nil, fmt.Errorf("reading facts: %w", err)
	}
	return f, nil
}

// A decoding is when the certificates of a table are decoded.
type decoding bool

const (
	atOnce   decoding = false // and held to what they must be, before anybody uses them
	asNeeded decoding = true  // of a table that is known to be good: the linker has it from our own repository
)

// parse makes facts that alias file.
func parse(file []byte, when decoding) (*Facts, error) {
	plain, packed, sum, err := unpack(file)
	if err != nil {
		return nil, err
	}
	var indexed []byte
	if when == asNeeded {
		indexed = indexFor(sum)
	} else if !bytes.Equal(checksum(plain, packed), sum) {
		return nil, errors.New("the file is damaged: its checksum does not fit")
	}
	f, err := decode(plain, packed, indexed)
	if err != nil {
		return nil, err
	}
	f.size = len(file)
	return f, nil
}

// unpack gives both parts of a file, and the checksum that they should have.
func unpack(file []byte) (plain, packed, sum []byte, err error) {
	switch {
	case len(file) > maxFile:
		return nil, nil, nil, fmt.Errorf("the file has more than %d MB", maxFile>>20)
	case len(file) < header || string(file[:len(magic)]) != magic:
		return nil, nil, nil, errors.New("this is no facts file of tlschain")
	case file[len(magic)] != format && file[len(magic)] != formatUncompressed:
		return nil, nil, nil, fmt.Errorf("the file has format %d, this program reads formats %d and %d",
			file[len(magic)], format, formatUncompressed)
	}
	at := len(magic) + 1
	n, m := binary.BigEndian.Uint32(file[at:]), binary.BigEndian.Uint32(file[at+4:])
	if n > maxPart || m > maxPart {
		return nil, nil, nil, fmt.Errorf("the file promises more than %d MB of facts", maxPart>>20)
	}
	sum, body := file[at+8:header], file[header:]
	if uint64(n) > uint64(len(body)) {
		return nil, nil, nil, errors.New("the file is damaged: it is cut short")
	}
	if file[len(magic)] == formatUncompressed {
		if uint64(len(body)) != uint64(n)+uint64(m) {
			return nil, nil, nil, errors.New("the file is damaged: its length does not fit")
		}
		return body[:n:n], body[n:], sum, nil
	}
	plain, packed = body[:n:n], make([]byte, m)
	if _, err := io.ReadFull(flate.NewReader(bytes.NewReader(body[n:])), packed); err != nil {
		return nil, nil, nil, fmt.Errorf("the file is damaged: %w", err)
	}
	return plain, packed, sum, nil
}

// EmbeddedUpdated is when the table that comes with the program was made, as
// [Facts.Updated] of the embedded facts, and decodes nothing else.
func EmbeddedUpdated() (updated time.Time) {
	c := &codec{reading: true}
	if plain, packed, _, err := unpack(table); err == nil && c.split(plain, packed) == nil {
		c.time(colAbout, &updated)
	}
	return updated
}

func checksum(plain, packed []byte) []byte {
	h := sha256.New()
	h.Write(plain)
	h.Write(packed)
	return h.Sum(nil)
}

// Write writes the facts in the form that [Read] reads. The same facts give the
// same bytes.
func (f *Facts) Write(w io.Writer) error { return f.write(w, format) }

// WriteUncompressed is Write without compression: a third more, and ready to be used
// where it is.
func (f *Facts) WriteUncompressed(w io.Writer) error { return f.write(w, formatUncompressed) }

func (f *Facts) write(w io.Writer, format byte) error {
	plain, packed := encode(f)
	var out bytes.Buffer
	out.WriteString(magic)
	out.WriteByte(format)
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(plain))))
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(packed))))
	out.Write(checksum(plain, packed))
	out.Write(plain)
	if format == formatUncompressed {
		out.Write(packed)
	} else if err := deflate(&out, packed); err != nil {
		return fmt.Errorf("writing facts: %w", err)
	}
	if len(plain) > maxPart || len(packed) > maxPart || out.Len() > maxFile {
		return fmt.Errorf("writing facts: %d bytes, more than can be read again", out.Len())
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("writing facts: %w", err)
	}
	return nil
}

func deflate(w io.Writer, b []byte) error {
	z, err := flate.NewWriter(w, flate.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(b); err != nil {
		return err
	}
	return z.Close()
}
