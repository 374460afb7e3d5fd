package tlschain

import (
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/tlschain/tlschain/rules/certfile"
)

// A hint is about the cause where that is known, and else about what the field
// takes.
func TestHintOfCause(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{withoutPath(&fs.PathError{Op: "open", Path: "roots.pem", Err: syscall.EACCES}), "has no right to it"},
		{certfile.ErrPassword, "set TLSCHAIN_PASSWORD"},
		{withoutPath(&fs.PathError{Op: "open", Path: "roots.pem", Err: syscall.ENOENT}), "Roots takes a file"},
	} {
		err := fieldf("Roots", "{Roots} roots.pem: %w", c.err).hintf("{Roots} takes a file of CA certificates")
		if hint := err.Hint(func(o Option) string { return o.Field }); !strings.Contains(hint, c.want) {
			t.Errorf("%v: hint %q, want %q in it", err, hint, c.want)
		}
	}
}
