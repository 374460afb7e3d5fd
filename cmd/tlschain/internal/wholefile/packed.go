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
	switch {
	case strings.HasSuffix(path, gzipped):
		return gzip.NewReader(file)
	case strings.HasSuffix(path, zstded):
		d, err := zstd.NewReader(file, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return file, nil
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
