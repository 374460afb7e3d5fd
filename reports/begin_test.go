package reports

import (
	"bytes"
	"testing"
)

// Programs make a writer to see whether they can, and another one where the
// report goes: nothing is written before Begin.
func TestWritersAreSilentUntilTheyBegin(t *testing.T) {
	for _, format := range Formats() {
		var b bytes.Buffer
		if _, err := New(format, &b, Options{}); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if b.Len() > 0 {
			t.Errorf("%s writes %q when it is made", format, b.Bytes())
		}
	}
}
