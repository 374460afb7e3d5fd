package starttls

import "fmt"

// A Kind sorts what may be wrong with a server's answers.
type Kind string

// The kinds of failure. Only Busy is worth another try.
const (
	NotOffered Kind = "not offered" // it speaks the protocol, and offers or allows no TLS
	Busy       Kind = "try later"   // it speaks the protocol, and says that it cannot serve now
	Protocol   Kind = "protocol"    // what it says is not this protocol
	Injected   Kind = "injected"    // clear text follows the go-ahead: someone may be in between
	TooLong    Kind = "too long"    // it talks more than any greeting needs
)

// An Error says why a server that was reached did not come to TLS.
type Error struct {
	Dialect string
	Kind    Kind
	Message string // what was missing or wrong, in a few words
	Said    string // the server's own words, cut short, hostile; empty if there were none
}

// Error quotes the server's words, so that it is safe on a terminal.
func (e *Error) Error() string {
	if e.Said == "" {
		return e.Dialect + ": " + e.Message
	}
	return fmt.Sprintf("%s: %s: the server said %q", e.Dialect, e.Message, e.Said)
}
