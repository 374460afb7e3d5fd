package starttls

import "testing"

func sieveTalks() []talk {
	const offer = ">\"IMPLEMENTATION\" \"Example\"\r\n\"STARTTLS\"\r\nOK\r\n"
	return []talk{
		{"plain", []string{offer, "<STARTTLS\r\n", ">OK \"go\"\r\n"}, "", ""},
		{"literals", []string{">\"IMPLEMENTATION\" {7}\r\nOK\r\nNO \r\n{8}\r\nSTARTTLS\r\n\"starttls\"\r\nOK {3+}\r\nBYE\r\n", "<STARTTLS\r\n", ">OK {2}\r\ngo\r\n"}, "", ""},
		{"not offered", []string{">\"SIEVE\" \"STARTTLS\"\r\nOK \"ready\"\r\n", "<LOGOUT\r\n"}, NotOffered, "not among"},
		{"refused", []string{offer, "<STARTTLS\r\n", ">NO \"no certificate\"\r\n", "<LOGOUT\r\n"}, NotOffered, "no certificate"},
		{"busy", []string{">BYE \"too many\"\r\n"}, Busy, "too many"},
		{"busy later", []string{offer, "<STARTTLS\r\n", ">BYE (TRYLATER)\r\n"}, Busy, "TRYLATER"},
		{"injected", []string{offer, "<STARTTLS\r\n", ">OK\r\n\"SASL\" \"PLAIN\"\r\n"}, Injected, "PLAIN"},
		{"long literal", []string{">\"X\" {99999999}\r\n"}, TooLong, "99999999"},
		{"garbage", []string{">+OK\r\n"}, Protocol, "+OK"},
	}
}

func TestSieve(t *testing.T) {
	try(t, "sieve", sieveTalks(), endless{"\"X\"\r\n", TooLong}, endless{"\"X\" {0}\r\n", TooLong}, endless{"\"", TooLong})
}

func FuzzSieve(f *testing.F) { fuzz(f, "sieve", sieveTalks()) }
