package tlschain

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/tlschain/tlschain/rules/certfile"
)

// A FieldError says which field of a [Config] is wrong, and why. People who
// never see a [Config] know its fields by other names: see [FieldError.Say].
type FieldError struct {
	Field string // such as Roots or Pace.Rate
	err   error  // in which {Roots} stands for the name of a field
	hint  string // what to write instead, likewise; may be empty
}

func fieldf(field, format string, args ...any) *FieldError {
	return &FieldError{Field: field, err: fmt.Errorf(format, args...)}
}

// hintf says what to write, or what to do about the cause, if that is known.
func (e *FieldError) hintf(format string, args ...any) *FieldError {
	if e.hint = HintOfCause(e.err); e.hint == "" {
		e.hint = fmt.Sprintf(format, args...)
	}
	return e
}

// HintOfCause says what to do about an error of a file, whatever the file is
// for: its rights, or a store of certificates that has a password. It is empty
// for all others.
func HintOfCause(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "the account that tlschain runs as has no right to it: ls -l shows whose it is, id shows the account"
	case errors.Is(err, certfile.ErrPassword):
		return "set TLSCHAIN_PASSWORD to the password of the store"
	}
	return ""
}

func (e *FieldError) Error() string {
	return e.Say(func(o Option) string { return o.Field }).Error()
}

func (e *FieldError) Unwrap() error { return e.err }

// Say words the error with each field under the name that its reader knows it by.
func (e *FieldError) Say(name func(Option) string) error {
	return &reworded{replaceFields(e.err.Error(), name), e.err}
}

// Hint says what to write instead, in the same names; it may be empty.
func (e *FieldError) Hint(name func(Option) string) string { return replaceFields(e.hint, name) }

func replaceFields(text string, name func(Option) string) string {
	var pairs []string
	for _, o := range Options() {
		pairs = append(pairs, "{"+o.Field+"}", name(o))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// A reworded error is one in other words.
type reworded struct {
	text string
	err  error
}

func (r *reworded) Error() string { return r.text }
func (r *reworded) Unwrap() error { return r.err }
