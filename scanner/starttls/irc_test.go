package starttls

import "testing"

func ircTalks() []talk {
	const offer = ">:irc.example.test CAP * LS :multi-prefix tls\r\n"
	return []talk{
		{"plain", []string{">:irc.example.test NOTICE * :looking up your name\r\n", "<CAP LS\r\n", offer, "<STARTTLS\r\n", ">:irc.example.test 670 * :go\r\n"}, "", ""},
		{"ping", []string{"<CAP LS\r\n", ">PING :cookie\r\n", "<PONG :cookie\r\n", offer, "<STARTTLS\r\n", ">NOTICE AUTH :wait\r\n:irc 670 * :go\r\n"}, "", ""},
		{"no list", []string{"<CAP LS\r\n", ">:irc 451 * :register first\r\n", "<STARTTLS\r\n", ">:irc 670 * :go\r\n"}, "", ""},
		{"not offered", []string{"<CAP LS\r\n", ">:irc CAP * LS :multi-prefix tls2\r\n", "<QUIT\r\n"}, NotOffered, "not among"},
		{"unknown", []string{"<CAP LS\r\n", ">:irc 421 * CAP :unknown\r\n", "<STARTTLS\r\n", ">:irc 421 * STARTTLS :unknown\r\n", "<QUIT\r\n"}, NotOffered, "421"},
		{"refused", []string{"<CAP LS\r\n", offer, "<STARTTLS\r\n", ">:irc 691 * :no\r\n", "<QUIT\r\n"}, NotOffered, "691"},
		{"busy", []string{"<CAP LS\r\n", ">ERROR :Closing link: (too many connections from your address)\r\n"}, Busy, "too many"},
		{"banned", []string{"<CAP LS\r\n", ">ERROR :Closing link: banned\r\n"}, NotOffered, "banned"},
		{"injected", []string{"<CAP LS\r\n", offer, "<STARTTLS\r\n", ">:irc 670 * :go\r\nPING x\r\n"}, Injected, "PING x"},
		{"smtp", []string{"<CAP LS\r\n", ">220 mx ESMTP\r\n"}, Protocol, "ESMTP"},
	}
}

func TestIRC(t *testing.T) {
	try(t, "irc", ircTalks(), endless{":irc NOTICE * :wait\r\n", TooLong}, endless{":", TooLong})
}

func FuzzIRC(f *testing.F) { fuzz(f, "irc", ircTalks()) }
