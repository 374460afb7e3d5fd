package wholefile

import (
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The endings of files that are packed.
const (
	gzipped = ".gz"
	zstded  = ".zst"
)

// maxWindow bounds the memory that a packed file may ask for; ours ask for 8 MiB.
const maxWindow = 64 << 20

// packing packs what is written into a file, by the ending of its name; nil: it
// stays as it is.
func packing(path string, file io.Writer) (io.WriteCloser, error) {
	switch {
	case strings.HasSuffix(path, gzipped):
		return gzip.NewWriter(file), nil
	case strings.HasSuffix(path, zstded):
		return zstd.NewWriter(file, zstd.WithEncoderConcurrency(1))
	}
	return nil, nil
}

// Unpack is the way back. It holds no more than a window of what it unpacks:
// whoever reads bounds how long one thing in it may be.
func Unpack(path string, file io.Reader) (io.Reader, error) {
	count := &counted{Reader: file}
	switch {
	case strings.HasSuffix(path, gzipped):
		plain, err := gzip.NewReader(count)
		return unpacked{plain, count}, err
	case strings.HasSuffix(path, zstded):
		plain, err := zstd.NewReader(count, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderConcurrency(1))
		return unpacked{plain, count}, err
	}
	return file, nil
}

// unpacked tells how much was read of the packed file, see [reports.NewReader].
type unpacked struct {
	io.Reader
	packed *counted
}

func (u unpacked) PackedBytes() int64 { return u.packed.n }

type counted struct {
	io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// partial names what there is of a report that was interrupted: it is packed as
// the whole is.
func partial(path string) string {
	for _, ending := range []string{gzipped, zstded} {
		if name, ok := strings.CutSuffix(path, ending); ok {
			return name + ".partial" + ending
		}
	}
	return path + ".partial"
}
