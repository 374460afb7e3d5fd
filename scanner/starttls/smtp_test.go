package starttls

import "testing"

func smtpTalks(hello string) []talk {
	hello = "<" + hello + " [127.0.0.1]\r\n"
	return []talk{
		{"plain", []string{">220 mx.example.test ESMTP\r\n", hello, ">250-mx.example.test\r\n250-PIPELINING\r\n250 STARTTLS\r\n", "<STARTTLS\r\n", ">220 go ahead\r\n"}, "", ""},
		{"many lines", []string{">220-mx.example.test\r\n220-says much\r\n220 \r\n", hello, ">250-mx\r\n250-starttls\r\n250 HELP\r\n", "<STARTTLS\r\n", ">220-go\r\n220 ahead\r\n"}, "", ""},
		{"bare line feeds", []string{">220 mx\n", hello, ">250-mx\n250 STARTTLS\n", "<STARTTLS\r\n", ">220\n"}, "", ""},
		{"not offered", []string{">220 mx\r\n", hello, ">250-STARTTLS\r\n250-X-STARTTLS\r\n250 SIZE 100\r\n", "<QUIT\r\n"}, NotOffered, "not among"},
		{"no extensions", []string{">220 mx\r\n", hello, ">502 what?\r\n", "<QUIT\r\n"}, NotOffered, "502 what?"},
		{"busy", []string{">421 too many connections\r\n", "<QUIT\r\n"}, Busy, "421 too many"},
		{"busy later", []string{">220 mx\r\n", hello, ">421 load average\r\n", "<QUIT\r\n"}, Busy, "421"},
		{"no service", []string{">554 no mail here\r\n", "<QUIT\r\n"}, NotOffered, "554 no mail here"},
		{"for now", []string{">220 mx\r\n", hello, ">250-mx\r\n250 STARTTLS\r\n", "<STARTTLS\r\n", ">454 local problem\r\n", "<QUIT\r\n"}, Busy, "454 local problem"},
		{"refused", []string{">220 mx\r\n", hello, ">250-mx\r\n250 STARTTLS\r\n", "<STARTTLS\r\n", ">502 no\r\n", "<QUIT\r\n"}, NotOffered, "refused"},
		{"injected", []string{">220 mx\r\n", hello, ">250-mx\r\n250 STARTTLS\r\n", "<STARTTLS\r\n", ">220 go\r\n250 injected\r\n"}, Injected, "250 injected"},
		{"ssh", []string{">SSH-2.0-OpenSSH_9.2p1\r\n"}, Protocol, "SSH-2.0"},
		{"http", []string{">HTTP/1.1 400 Bad Request\r\n\r\n"}, Protocol, "HTTP/1.1"},
		{"tls", []string{">\x15\x03\x01\x00\x02\x02\x0a\n"}, Protocol, `\x15\x03`},
		{"nothing", []string{">\r\n"}, Protocol, ""},
	}
}

func TestSMTP(t *testing.T) {
	floods := []endless{{"220-and\r\n", TooLong}, {"2", TooLong}, {"220", TooLong}, {"x\n", Protocol}}
	try(t, "smtp", smtpTalks("EHLO"), floods...)
	try(t, "submission", smtpTalks("EHLO")[:1])
}

func TestLMTP(t *testing.T) { try(t, "lmtp", smtpTalks("LHLO")) }

func FuzzSMTP(f *testing.F)       { fuzz(f, "smtp", smtpTalks("EHLO")) }
func FuzzSubmission(f *testing.F) { fuzz(f, "submission", smtpTalks("EHLO")) }
func FuzzLMTP(f *testing.F)       { fuzz(f, "lmtp", smtpTalks("LHLO")) }
