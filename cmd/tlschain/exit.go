package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/reports"
)

// The exit codes, as the package comment explains them.
const (
	exitClean       = 0
	exitFindings    = 1
	exitUsage       = 2
	exitUnjudged    = 3
	exitInterrupted = 130
)

// An exitCode is the error of a command that has said all there is to say.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// A formatCode is an exit code that a report's format defines.
type formatCode int

func (c formatCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// codeOf is nil for exit code 0. Interruption is told by the context and seen
// before this.
func codeOf(o reports.Outcome) error {
	switch {
	case o.Failing:
		return exitCode(exitFindings)
	case o.Unjudged > 0:
		return exitCode(exitUnjudged)
	}
	return nil
}

// A usageError is a mistake of the caller's, with a hint of what to type.
type usageError struct {
	err  error
	hint string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }
func (e *usageError) Hint() string  { return e.hint }

func usagef(format string, args ...any) *usageError {
	return &usageError{err: fmt.Errorf(format, args...)}
}

func (e *usageError) hintf(format string, args ...any) *usageError {
	e.hint = fmt.Sprintf(format, args...)
	if errors.Is(e.err, fs.ErrPermission) {
		e.hint = tlschain.HintOfCause(e.err)
	}
	return e
}
