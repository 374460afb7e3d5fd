//go:build !unix

package pgtest

import "os/exec"

// Elsewhere nobody is root.
func give(string, string) error      { return nil }
func become(*exec.Cmd, string) error { return nil }
