package starttls

import "testing"

// postgresError is an ErrorResponse with some fields.
func postgresError(fields string) string {
	return ">E\x00\x00\x00" + string([]byte{byte(4 + len(fields))}) + fields
}

func postgresTalks() []talk {
	const ask = "<\x00\x00\x00\x08\x04\xd2\x16\x2f"
	return []talk{
		{"plain", []string{ask, ">S"}, "", ""},
		{"not offered", []string{ask, ">N"}, NotOffered, "no"},
		{"busy", []string{ask, postgresError("SFATAL\x00C53300\x00Mtoo many\x00\x00")}, Busy, "too many"},
		{"starting", []string{ask, postgresError("SFATAL\x00C57P03\x00Mwait\x00\x00")}, Busy, "wait"},
		{"old", []string{ask, postgresError("C0A000\x00Mwhat?\x00\x00")}, NotOffered, "what?"},
		{"injected", []string{ask, ">SE"}, Injected, "E"}, // CVE-2021-23222
		{"odd length", []string{ask, ">ERROR"}, Protocol, ""},
		{"http", []string{ask, ">HTTP/1.1 400\r\n"}, Protocol, "H"},
	}
}

func TestPostgres(t *testing.T) {
	try(t, "postgres", postgresTalks(), endless{"S", Injected}, endless{"x", Protocol}, endless{"E", Protocol})
}

func FuzzPostgres(f *testing.F) { fuzz(f, "postgres", postgresTalks()) }
