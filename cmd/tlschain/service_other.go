//go:build !windows

package main

import (
	"context"
	"io"
)

// runAsService is for Windows alone: other service managers run a program as a
// user does.
func runAsService(func(context.Context, io.Writer) int) (exitCode int, ok bool) { return 0, false }
