package starttls

import "testing"

// rdpAnswer is a connection confirm with a negotiation's outcome.
func rdpAnswer(kind, value byte) string {
	return ">\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00" + string([]byte{kind, 0, 8, 0, value, 0, 0, 0})
}

func rdpTalks() []talk {
	const ask = "<" + connectionRequest
	return []talk{
		{"TLS", []string{ask, rdpAnswer(2, 1)}, "", ""},
		{"CredSSP", []string{ask, rdpAnswer(2, 2)}, "", ""},
		{"own encryption", []string{ask, rdpAnswer(2, 0)}, NotOffered, "own encryption"},
		{"old", []string{ask, ">\x03\x00\x00\x0b\x06\xd0\x00\x00\x12\x34\x00"}, NotOffered, "own encryption"},
		{"not allowed", []string{ask, rdpAnswer(3, 2)}, NotOffered, "does not allow"},
		{"no certificate", []string{ask, rdpAnswer(3, 3)}, NotOffered, "no certificate"},
		{"client certificate", []string{ask, rdpAnswer(3, 6)}, NotOffered, "client certificate"},
		{"other failure", []string{ask, rdpAnswer(3, 9)}, NotOffered, "failure 9"},
		{"other outcome", []string{ask, rdpAnswer(7, 1)}, Protocol, ""},
		{"no confirm", []string{ask, ">\x03\x00\x00\x0b\x06\x80\x00\x00\x12\x34\x00"}, Protocol, ""},
		{"too short", []string{ask, ">\x03\x00\x00\x05"}, Protocol, ""},
		{"too long", []string{ask, ">\x03\x00\xff\xff"}, Protocol, ""},
		{"injected", []string{ask, rdpAnswer(2, 1) + "\x03"}, Injected, ""},
		{"http", []string{ask, ">HTTP/1.1 400\r\n"}, Protocol, "HTTP"},
	}
}

func TestRDP(t *testing.T) {
	try(t, "rdp", rdpTalks(), endless{"\x03", Protocol}, endless{"\x03\x00\x00\x10", Protocol})
}

func FuzzRDP(f *testing.F) { fuzz(f, "rdp", rdpTalks()) }
