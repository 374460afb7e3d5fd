package reports

import "strconv"

// Plural counts things by their English name: 1 endpoint, 2 endpoints.
func Plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}
