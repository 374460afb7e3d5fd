package starttls

import (
	"strings"
	"testing"
)

// mysqlGreeting is a greeting of protocol 10 with some capabilities.
func mysqlGreeting(flags string) string {
	body := "\x0a5.5.5-10.11.6-MariaDB\x00" + "\x01\x00\x00\x00" + "12345678\x00" + flags + "\x21\x02\x00" + strings.Repeat("\x00", 13) + "123456789012\x00"
	return ">" + string([]byte{byte(len(body)), 0, 0, 0}) + body
}

func mysqlTalks() []talk {
	request := "<\x20\x00\x00\x01\x00\x8a\x00\x00\x00\x00\x00\x01\x21" + strings.Repeat("\x00", 23)
	return []talk{
		{"plain", []string{mysqlGreeting("\xfe\xff"), request}, "", ""},
		{"not offered", []string{mysqlGreeting("\xff\xf7")}, NotOffered, "not among"},
		{"busy", []string{">\x0c\x00\x00\x00\xff\x10\x04#08004Too"}, Busy, "#08004Too"},
		{"not us", []string{">\x0c\x00\x00\x00\xff\x6a\x04not allowed"[:17]}, NotOffered, "error 1130"},
		{"short error", []string{">\x01\x00\x00\x00\xff"}, Protocol, ""},
		{"short greeting", []string{">\x03\x00\x00\x00\x0a5\x00"}, Protocol, ""},
		{"old", []string{">\x03\x00\x00\x00\x095\x00"}, Protocol, ""},
		{"empty", []string{">\x00\x00\x00\x00"}, Protocol, ""},
		{"injected", []string{mysqlGreeting("\xff\xff") + "\x07", request}, Injected, "\\a"},
		{"ssh", []string{">SSH-2.0-x\r\n"}, Protocol, "SSH-"},
	}
}

func TestMySQL(t *testing.T) {
	try(t, "mysql", mysqlTalks(), endless{"\x01\x00\x00\x00", Protocol}, endless{"\x00", Protocol}, endless{"x", Protocol})
}

func FuzzMySQL(f *testing.F) { fuzz(f, "mysql", mysqlTalks()) }
