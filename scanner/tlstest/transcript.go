package tlstest

import (
	"strings"
	"sync"
)

// A Transcript keeps what a process writes, and can be read while it is written.
type Transcript struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write takes what the process wrote.
func (t *Transcript) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(b)
}

// String is what was written so far.
func (t *Transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}
