package starttls

import "testing"

func ftpTalks() []talk {
	return []talk{
		{"plain", []string{">220 ready\r\n", "<AUTH TLS\r\n", ">234 go\r\n"}, "", ""},
		{"banner", []string{">220-Welcome\r\n 331 files\r\n\r\n220-of the university\r\n220 ready\r\n", "<AUTH TLS\r\n", ">234-go\r\n234 ahead\r\n"}, "", ""},
		{"old name", []string{">220 ready\r\n", "<AUTH TLS\r\n", ">504 unknown\r\n", "<AUTH SSL\r\n", ">234 go\r\n"}, "", ""},
		{"not offered", []string{">220 ready\r\n", "<AUTH TLS\r\n", ">500 what?\r\n", "<AUTH SSL\r\n", ">530 log in first\r\n", "<QUIT\r\n"}, NotOffered, "530 log in first"},
		{"for now", []string{">220 ready\r\n", "<AUTH TLS\r\n", ">431 no resource\r\n", "<QUIT\r\n"}, Busy, "431"},
		{"not ready", []string{">120 in 5 minutes\r\n", "<QUIT\r\n"}, Busy, "120"},
		{"busy", []string{">421-there are\r\n421 too many users\r\n", "<QUIT\r\n"}, Busy, "too many users"},
		{"closed", []string{">530 not you\r\n", "<QUIT\r\n"}, NotOffered, "530"},
		{"injected", []string{">220 ready\r\n", "<AUTH TLS\r\n", ">234 go\r\n331 password?\r\n"}, Injected, "331 password?"},
		{"ssh", []string{">SSH-2.0-x\r\n"}, Protocol, "SSH"},
		{"odd later", []string{">220 ready\r\n", "<AUTH TLS\r\n", ">what?\r\n"}, Protocol, "what?"},
	}
}

func TestFTP(t *testing.T) {
	try(t, "ftp", ftpTalks(), endless{"220-welcome\r\n", TooLong}, endless{"\r\n", Protocol})
}

func FuzzFTP(f *testing.F) { fuzz(f, "ftp", ftpTalks()) }
