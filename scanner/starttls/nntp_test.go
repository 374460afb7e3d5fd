package starttls

import "testing"

func nntpTalks() []talk {
	return []talk{
		{"plain", []string{">200 news\r\n", "<CAPABILITIES\r\n", ">101 list\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n", "<STARTTLS\r\n", ">382 go\r\n"}, "", ""},
		{"old", []string{">201 news, no posting\r\n", "<CAPABILITIES\r\n", ">500 what?\r\n", "<STARTTLS\r\n", ">382 go\r\n"}, "", ""},
		{"not offered", []string{">200 news\r\n", "<CAPABILITIES\r\n", ">101 list\r\nREADER\r\n.\r\n", "<QUIT\r\n"}, NotOffered, "not among"},
		{"refused", []string{">200 news\r\n", "<CAPABILITIES\r\n", ">101 list\r\nSTARTTLS\r\n.\r\n", "<STARTTLS\r\n", ">580 no key\r\n", "<QUIT\r\n"}, NotOffered, "580"},
		{"busy", []string{">400 too many readers\r\n", "<QUIT\r\n"}, Busy, "400"},
		{"closed", []string{">502 not you\r\n", "<QUIT\r\n"}, NotOffered, "502"},
		{"injected", []string{">200 news\r\n", "<CAPABILITIES\r\n", ">500\r\n", "<STARTTLS\r\n", ">382 go\r\n200 x\r\n"}, Injected, "200 x"},
		{"garbage", []string{">\x00\x01\x02\n"}, Protocol, ""},
	}
}

func TestNNTP(t *testing.T) {
	try(t, "nntp", nntpTalks(), endless{"200-x\r\n", TooLong}, endless{"101 x\r\n", NotOffered})
}

func FuzzNNTP(f *testing.F) { fuzz(f, "nntp", nntpTalks()) }
