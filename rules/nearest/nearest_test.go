package nearest

import "testing"

func TestWord(t *testing.T) {
	words := []string{"chrome", "curl", "clients", "client_file", "expired-intermediate", "expired-leaf"}
	for typed, want := range map[string]string{
		"chorme": "chrome", "clints": "clients", "clent_file": "client_file", "crul": "curl", "curl": "curl",
		"expired": "expired-leaf", "exp": "expired-leaf", "firefox": "", "": "", "x": "", "ex": "",
	} {
		if got := Word(typed, words); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}
