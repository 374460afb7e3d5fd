package starttls

import "testing"

func imapTalks() []talk {
	return []talk{
		{"plain", []string{">* OK ready\r\n", "<a CAPABILITY\r\n", ">* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na OK done\r\n", "<b STARTTLS\r\n", ">b OK begin\r\n"}, "", ""},
		{"in the answer", []string{">* OK [CAPABILITY IMAP4rev1] ready\r\n", "<a CAPABILITY\r\n", ">a OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] done\r\n", "<b STARTTLS\r\n", ">* OK by the way\r\nb OK begin\r\n"}, "", ""},
		{"many lines", []string{">* OK ready\r\n", "<a CAPABILITY\r\n", ">* OK still here\r\n* CAPABILITY IMAP4\r\n* CAPABILITY starttls\r\na ok done\r\n", "<b STARTTLS\r\n", ">b ok begin\r\n"}, "", ""},
		{"not offered", []string{">* OK STARTTLS server ready\r\n", "<a CAPABILITY\r\n", ">* CAPABILITY IMAP4rev1 XSTARTTLS\r\na OK done\r\n", "<c LOGOUT\r\n"}, NotOffered, "not among"},
		{"refused", []string{">* OK\r\n", "<a CAPABILITY\r\n", ">* CAPABILITY STARTTLS\r\na OK\r\n", "<b STARTTLS\r\n", ">b BAD no certificate\r\n", "<c LOGOUT\r\n"}, NotOffered, "no certificate"},
		{"logged in", []string{">* PREAUTH hello root\r\n", "<c LOGOUT\r\n"}, NotOffered, "authenticated"},
		{"busy", []string{">* BYE too many connections\r\n"}, Busy, "too many connections"},
		{"busy later", []string{">* OK\r\n", "<a CAPABILITY\r\n", ">* BYE shutting down\r\n"}, Busy, "shutting down"},
		{"injected", []string{">* OK\r\n", "<a CAPABILITY\r\n", ">* CAPABILITY STARTTLS\r\na OK\r\n", "<b STARTTLS\r\n", ">b OK go\r\n* CAPABILITY AUTH=PLAIN\r\n"}, Injected, "AUTH=PLAIN"},
		{"pop", []string{">+OK POP3 ready\r\n"}, Protocol, "POP3"},
		{"odd", []string{">* HELLO\r\n"}, Protocol, "HELLO"},
		{"odd later", []string{">* OK\r\n", "<a CAPABILITY\r\n", ">500 what?\r\n"}, Protocol, "500 what?"},
	}
}

func TestIMAP(t *testing.T) {
	try(t, "imap", imapTalks(), endless{"* OK still here\r\n", TooLong}, endless{"* OK ", TooLong}, endless{"\n", Protocol})
}

func FuzzIMAP(f *testing.F) { fuzz(f, "imap", imapTalks()) }
