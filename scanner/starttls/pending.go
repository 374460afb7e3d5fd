package starttls

import "errors"

// The dialects still to be written.
var errPending = errors.New("not written yet")

func smtp(*session) error { return errPending }
func lmtp(*session) error { return errPending }
func imap(*session) error { return errPending }
func pop3(*session) error { return errPending }
func ftp(*session) error { return errPending }
func ldap(*session) error { return errPending }
func xmppClient(*session) error { return errPending }
func xmppServer(*session) error { return errPending }
func postgres(*session) error { return errPending }
func mysql(*session) error { return errPending }
func sieve(*session) error { return errPending }
func nntp(*session) error { return errPending }
func irc(*session) error { return errPending }
func telnet(*session) error { return errPending }
func rdp(*session) error { return errPending }
