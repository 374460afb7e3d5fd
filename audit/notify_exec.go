package audit

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"time"

	"github.com/tlschain/tlschain/reports"
)

// runCommand runs a receiver's program with the message as JSON on standard input. It
// has to end with code 0; what it writes to standard error becomes the failure.
func runCommand(ctx context.Context, dir string, command []string, m message) error {
	body, err := m.encode()
	if err != nil {
		return err
	}
	stderr := beginning{most: 500}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Stdin, cmd.Stderr, cmd.WaitDelay = dir, bytes.NewReader([]byte(body)), &stderr, 2*time.Second
	ownGroup(cmd)
	if err := cmd.Run(); err != nil {
		text := bytes.TrimSpace(stderr.text)
		if len(text) == 0 {
			return fmt.Errorf("running %s: %w", command[0], err)
		}
		return fmt.Errorf("running %s: %w: %s", command[0], err, reports.Clean(string(text)))
	}
	return nil
}

// A beginning keeps the first bytes that are written to it, and lets the others go.
type beginning struct {
	most int
	text []byte
}

func (b *beginning) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(len(p), b.most-len(b.text))]...)
	return len(p), nil
}
