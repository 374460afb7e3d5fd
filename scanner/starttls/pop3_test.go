package starttls

import "testing"

func pop3Talks() []talk {
	return []talk{
		{"plain", []string{">+OK ready\r\n", "<CAPA\r\n", ">+OK\r\nTOP\r\nSTLS\r\n.\r\n", "<STLS\r\n", ">+OK begin\r\n"}, "", ""},
		{"without CAPA", []string{">+OK ready\r\n", "<CAPA\r\n", ">-ERR unknown\r\n", "<STLS\r\n", ">+OK\r\n"}, "", ""},
		{"not offered", []string{">+OK STLS\r\n", "<CAPA\r\n", ">+OK STLS\r\nTOP\r\n.\r\n", "<QUIT\r\n"}, NotOffered, "not among"},
		{"refused", []string{">+OK\r\n", "<CAPA\r\n", ">-ERR\r\n", "<STLS\r\n", ">-ERR what?\r\n", "<QUIT\r\n"}, NotOffered, "what?"},
		{"for now", []string{">+OK\r\n", "<CAPA\r\n", ">+OK\r\nSTLS\r\n.\r\n", "<STLS\r\n", ">-ERR [SYS/TEMP] wait\r\n", "<QUIT\r\n"}, Busy, "wait"},
		{"busy", []string{">-ERR too many connections\r\n", "<QUIT\r\n"}, Busy, "too many"},
		{"injected", []string{">+OK\r\n", "<CAPA\r\n", ">+OK\r\nSTLS\r\n.\r\n", "<STLS\r\n", ">+OK\r\n+OK x\r\n"}, Injected, "+OK x"},
		{"imap", []string{">* OK ready\r\n"}, Protocol, "* OK"},
		{"odd later", []string{">+OK\r\n", "<CAPA\r\n", ">what?\r\n"}, Protocol, "what?"},
	}
}

func TestPOP3(t *testing.T) {
	try(t, "pop3", pop3Talks(), endless{"+OK\r\n", TooLong}, endless{"+OK", TooLong}, endless{"-\n", Protocol})
}

func FuzzPOP3(f *testing.F) { fuzz(f, "pop3", pop3Talks()) }
