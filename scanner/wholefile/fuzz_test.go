package wholefile

import (
	"bytes"
	"io"
	"testing"
)

// FuzzUnpack reads anybody's packed files: each ends, tells no more than there was of
// it, and what was packed here comes back.
func FuzzUnpack(f *testing.F) {
	pack := func(tb testing.TB, ending string, plain []byte) []byte {
		var file bytes.Buffer
		w, err := packing("x"+ending, &file)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write(plain); err != nil {
			tb.Fatal(err)
		}
		if err := w.Close(); err != nil {
			tb.Fatal(err)
		}
		return file.Bytes()
	}
	for _, ending := range []string{gzipped, zstded} {
		f.Add(ending == gzipped, pack(f, ending, []byte(`{"schema_version":1}`+"\n")))
		f.Add(ending == gzipped, pack(f, ending, make([]byte, 100_000)))
	}
	f.Fuzz(func(t *testing.T, gz bool, file []byte) {
		ending := zstded
		if gz {
			ending = gzipped
		}
		if plain, err := Unpack("x"+ending, bytes.NewReader(file)); err == nil {
			if _, err := io.Copy(io.Discard, io.LimitReader(plain, 1<<20)); err == nil {
				if n := plain.(interface{ PackedBytes() int64 }).PackedBytes(); n > int64(len(file)) {
					t.Fatalf("%d bytes of %d were read", n, len(file))
				}
			}
		}
		back, err := Unpack("x"+ending, bytes.NewReader(pack(t, ending, file)))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(back); err != nil || !bytes.Equal(plain, file) {
			t.Fatalf("packed and unpacked: %v, %d bytes of %d", err, len(plain), len(file))
		}
	})
}
