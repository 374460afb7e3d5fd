package starttls

import "testing"

func telnetTalks() []talk {
	const (
		offer   = "<\xff\xfb\x2e"
		agree   = ">\xff\xfd\x2e"
		ours    = "<\xff\xfa\x2e\x01\xff\xf0"
		goAhead = ">\xff\xfa\x2e\x01\xff\xf0"
	)
	return []talk{
		{"plain", []string{offer, agree, ours, goAhead}, "", ""},
		{"agreed twice", []string{offer, agree, ours, agree, goAhead}, "", ""},
		{"other options", []string{">\xff\xfb\x01\xff\xfd\x18Welcome\r\n", offer, "<\xff\xfe\x01\xff\xfc\x18", agree, ours, ">\xff\xfa\x18\x01\xff\xff\xff\xf0\xff\xf1login: \xff\xfc\x05", goAhead}, "", ""},
		{"declined", []string{offer, ">login: \xff\xfe\x2e"}, NotOffered, "declines"},
		{"not agreed", []string{offer, goAhead}, Protocol, "before it was agreed"},
		{"injected", []string{offer, agree, ours, goAhead + "login: "}, Injected, "login: "},
	}
}

func TestTelnet(t *testing.T) {
	try(t, "telnet", telnetTalks(), endless{"welcome\r\n", TooLong}, endless{"\xff\xfa", TooLong}, endless{"\xff\xfd\x01", TooLong})
}

func FuzzTelnet(f *testing.F) { fuzz(f, "telnet", telnetTalks()) }
