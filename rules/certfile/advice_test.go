package certfile

import (
	"strings"
	"testing"
)

// What is advised puts no password into the list of processes, where all users of a
// machine can read it.
func TestAdviceKeepsPasswords(t *testing.T) {
	texts := []string{emptyPasswordFix, plainKeyFix}
	for _, english := range texts {
		texts = append(texts, Japanese[english])
	}
	for _, text := range texts {
		if !strings.Contains(text, "-passout file:FILE") {
			t.Errorf("%q", text)
		}
	}
}
