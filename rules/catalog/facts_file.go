package catalog

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The file of facts: magic (8 bytes), format (1 byte), the payload's length
// (4 bytes, big-endian) and SHA-256, then the payload by DEFLATE (RFC 1951).
const (
	magic  = "tlsfacts"
	format = 1
	header = len(magic) + 1 + 4 + sha256.Size
)

// maxPayload and maxFile bound what reading a hostile file may cost. Ours are
// of some 4 MB and 3 MB.
const (
	maxPayload = 32 << 20
	maxFile    = 16 << 20
)

// Read reads facts that Write wrote. A file that is damaged, of another format
// or no such file at all is an error that says so.
func Read(r io.Reader) (*Facts, error) {
	file, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading facts: %w", err)
	}
	switch {
	case len(file) > maxFile:
		return nil, fmt.Errorf("reading facts: more than %d MB", maxFile>>20)
	case len(file) < header || string(file[:len(magic)]) != magic:
		return nil, errors.New("reading facts: this is no facts file of tlschain")
	case file[len(magic)] != format:
		return nil, fmt.Errorf("reading facts: the file has format %d, this program reads format %d", file[len(magic)], format)
	}
	size := binary.BigEndian.Uint32(file[len(magic)+1:])
	if size > maxPayload {
		return nil, fmt.Errorf("reading facts: more than %d MB of facts", maxPayload>>20)
	}
	payload := make([]byte, size)
	in := flate.NewReader(bytes.NewReader(file[header:]))
	if _, err := io.ReadFull(in, payload); err != nil {
		return nil, fmt.Errorf("reading facts: the file is damaged: %w", err)
	}
	if sum := sha256.Sum256(payload); !bytes.Equal(sum[:], file[header-len(sum):header]) {
		return nil, errors.New("reading facts: the file is damaged: its checksum does not fit")
	}
	f, err := decode(payload)
	if err != nil {
		return nil, fmt.Errorf("reading facts: %w", err)
	}
	f.size = len(file)
	return f, nil
}

// Write writes the facts in the form that Read reads. The same facts give the
// same bytes.
func (f *Facts) Write(w io.Writer) error {
	payload := encode(f)
	if len(payload) > maxPayload {
		return fmt.Errorf("writing facts: %d bytes, more than the %d MB that can be read again", len(payload), maxPayload>>20)
	}
	var out bytes.Buffer
	out.WriteString(magic)
	out.WriteByte(format)
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(payload))))
	sum := sha256.Sum256(payload)
	out.Write(sum[:])
	z, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return fmt.Errorf("writing facts: %w", err)
	}
	if _, err := z.Write(payload); err != nil {
		return fmt.Errorf("writing facts: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("writing facts: %w", err)
	}
	if out.Len() > maxFile {
		return fmt.Errorf("writing facts: %d bytes, more than the %d MB that can be read again", out.Len(), maxFile>>20)
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("writing facts: %w", err)
	}
	return nil
}
