//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A report of a megabyte or two that unpacks to more than the memory should have
// is refused within half a gigabyte, be it certificates by the million,
// endpoints that wait for them, or one value without an end.
func TestPackedBombs(t *testing.T) {
	repeat := func(head string, each func(w io.Writer, i int), n int) func(w io.Writer) {
		return func(w io.Writer) {
			io.WriteString(w, head)
			for i := range n {
				each(w, i)
			}
		}
	}
	spaces := bytes.Repeat([]byte(" "), 1<<20)
	certificates := repeat(`{"report":{"schema_version":1,"detail":"brief","clients":["go"]}}`+"\n", func(w io.Writer, i int) {
		fmt.Fprintf(w, `{"certificate":{"sha256":"%064x"}}`+"\n", i)
	}, 1_000_000)
	waiting := repeat(`{"schema_version":1,"detail":"brief","clients":["go"],"endpoints":[`, func(w io.Writer, _ int) {
		io.WriteString(w, `{"target":"a","status":"failed"`)
		w.Write(spaces)
		io.WriteString(w, "},")
	}, 400)
	endless := repeat(`{"target":"a",`, func(w io.Writer, _ int) { w.Write(spaces) }, 200)
	for _, c := range []struct {
		name string
		bomb func(io.Writer)
		says string
		args []string
	}{
		{"certificates.ndjson.zst", certificates, "it unpacks to more than 256 MiB and 64 times its size", nil},
		{"waiting.json.gz", waiting, "it unpacks to more than 256 MiB and 64 times its size", []string{"--merge"}},
		{"endless.ndjson.gz", endless, "one endpoint has more than 64 MiB", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := write(t, dir, c.name, packed(t, c.name, c.bomb))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, builtBinary(t), append(append([]string{"convert", "--format", "csv"}, c.args...), file)...)
			cmd.Env = append(os.Environ(), "GOMEMLIMIT=256MiB")
			cmd.Stdout = io.Discard
			var says bytes.Buffer
			cmd.Stderr = &says
			peak, err := runPeak(cmd)
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != exitUsage || !strings.Contains(says.String(), c.says) {
				t.Errorf("%v, and %q is meant: %.500s", err, c.says, says.String())
			}
			if peak > 640<<20 {
				t.Errorf("it took %d MiB of memory", peak>>20)
			}
		})
	}
}

func packed(t *testing.T, name string, content func(io.Writer)) []byte {
	t.Helper()
	var out bytes.Buffer
	var pack io.WriteCloser = gzip.NewWriter(&out)
	if filepath.Ext(name) == ".zst" {
		var err error
		if pack, err = zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1)); err != nil {
			t.Fatal(err)
		}
	}
	content(pack)
	if err := pack.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
