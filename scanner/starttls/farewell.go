package starttls

// Farewell is what a guest says within TLS before leaving, so that the
// server's log shows somebody who left and not a connection that was lost.
// Empty where the protocol wants nothing, or nothing that can be said yet: a
// PostgreSQL or XMPP session has not begun.
func Farewell(dialect string) string {
	switch dialect {
	case "smtp", "submission", "lmtp", "pop3", "ftp", "nntp", "irc":
		return "QUIT\r\n"
	case "imap":
		return "z LOGOUT\r\n" // RFC 9051 section 6.1.3
	case "sieve":
		return "LOGOUT\r\n" // RFC 5804 section 2.3
	case "ldap":
		return "\x30\x05\x02\x01\x02\x42\x00" // UnbindRequest, RFC 4511 section 4.3
	}
	return ""
}
