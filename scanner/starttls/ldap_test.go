package starttls

import "testing"

// ldapAnswer is an ExtendedResponse with a result code and no texts.
func ldapAnswer(code byte) string {
	return ">\x30\x0c\x02\x01\x01\x78\x07\x0a\x01" + string([]byte{code}) + "\x04\x00\x04\x00"
}

func ldapTalks() []talk {
	const ask, unbind = "<" + startTLSRequest, "<" + unbindRequest
	return []talk{
		{"plain", []string{ask, ldapAnswer(0)}, "", ""},
		{"long lengths", []string{ask, ">\x30\x84\x00\x00\x00\x10\x02\x01\x01\x78\x84\x00\x00\x00\x07\x0a\x01\x00\x04\x00\x04\x00"}, "", ""},
		{"with a name", []string{ask, ">\x30\x24\x02\x01\x01\x78\x1f\x0a\x01\x00\x04\x00\x04\x00\x8a\x161.3.6.1.4.1.1466.20037"}, "", ""},
		{"not offered", []string{ask, ldapAnswer(2), unbind}, NotOffered, "result 2"},
		{"unavailable", []string{ask, ">\x30\x12\x02\x01\x01\x78\x0d\x0a\x01\x34\x04\x00\x04\x06no key", unbind}, NotOffered, "no key"},
		{"busy", []string{ask, ldapAnswer(51), unbind}, Busy, "result 51"},
		{"injected", []string{ask, ldapAnswer(0) + "\x30\x00"}, Injected, ""},
		{"search result", []string{ask, ">\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\x00\x04\x00\x04\x00"}, Protocol, "0x65"},
		{"ends early", []string{ask, ">\x30\x04\x02\x01\x01\x78"}, Protocol, "ends early"},
		{"indefinite length", []string{ask, ">\x30\x80"}, Protocol, "length"},
		{"huge", []string{ask, ">\x30\x84\x7f\xff\xff\xff"}, TooLong, "2147483647"},
		{"huger", []string{ask, ">\x30\x84\xff\xff\xff\xff"}, TooLong, ""},
		{"http", []string{ask, ">HTTP/1.1 400 Bad Request\r\n"}, Protocol, "HT"},
	}
}

func TestLDAP(t *testing.T) {
	try(t, "ldap", ldapTalks(), endless{"\x30", Protocol}, endless{"x", Protocol})
}

func FuzzLDAP(f *testing.F) { fuzz(f, "ldap", ldapTalks()) }
