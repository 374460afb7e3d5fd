package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/scanner/wholefile"
)

// openOutput begins a report: a file that shows nothing of it until all of it is
// there. An empty path is stdout.
func openOutput(stdout io.Writer, path string) (*wholefile.File, error) {
	if path == "" || path == "-" {
		return wholefile.Stream(stdout), nil
	}
	out, err := wholefile.Create(path)
	switch {
	case errors.Is(err, wholefile.ErrFolder):
		return nil, usagef("-o %s is a directory", path).hintf("name a file in it: -o %s", filepath.Join(path, "report"))
	case errors.Is(err, wholefile.ErrNoFolder):
		return nil, usagef("-o %s: there is no folder %s", path, filepath.Dir(path)).
			hintf("make it first: mkdir -p %s", filepath.Dir(path))
	case errors.Is(err, wholefile.ErrPlanted):
		return nil, planted("-o", path)
	case err != nil:
		return nil, fmt.Errorf("-o %s: %w", path, err)
	}
	return out, nil
}

// planted refuses a link through which somebody else would have us write.
func planted(flag, path string) error {
	return usagef("%s %s: %w", flag, path, wholefile.ErrPlanted).hintf("name the file that it should be, or one in a folder of your own")
}

// commitReport ends a report, see [wholefile.File.Commit].
func commitReport(out *wholefile.File, interrupted bool) error {
	if err := out.Commit(interrupted); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// writeOutput writes what has no exit code of its own to a file, or to stdout.
func (p *process) writeOutput(path string, write func(io.Writer) error) error {
	out, err := openOutput(p.stdout, path)
	if err != nil {
		return err
	}
	if err := write(out); err != nil {
		return errors.Join(err, out.Discard())
	}
	return commitReport(out, false)
}

// printJSON prints a value for machines.
func (p *process) printJSON(v any) error {
	e := json.NewEncoder(p.stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// formatOf is the value of --format, which is to be one of two.
func formatOf(c *cli.Context, one, other string) (string, error) {
	format := c.String("format")
	if format != one && format != other {
		return "", usagef("--format %q: type %s or %s", format, one, other)
	}
	return format, nil
}
