package install

import "testing"

// TestEveryStepHasItsTwin walks the steps of every kind for every sort of job:
// none may lack its Japanese text.
func TestEveryStepHasItsTwin(t *testing.T) {
	seen := make(map[string]bool)
	for _, k := range Kinds() {
		for _, j := range sortsOfJobs() {
			for _, s := range k.Steps(j) {
				if !seen[s.Text] && s.Say("ja") == s.Text {
					t.Errorf("%s: no Japanese for %q", k.ID, s.Text)
				}
				if s.Say("en") != s.Text {
					t.Errorf("%s: English is %q, want %q", k.ID, s.Say("en"), s.Text)
				}
				seen[s.Text] = true
			}
		}
	}
	for text := range japanese {
		if !seen[text] {
			t.Errorf("no step says %q any more", text)
		}
	}
}

// sortsOfJobs are jobs that differ in everything that a step may depend on.
func sortsOfJobs() (out []Job) {
	for _, key := range []string{"", "/k/key.pem"} {
		for _, dir := range []string{"/srv/out", "/srv/$x", "/srv/a b"} {
			for _, twins := range [][]string{nil, {"01ab"}} {
				for _, verify := range [][]string{{"tlschain", "check"}, {"tlschain", "scan", AnyHost}} {
					for _, pfx := range []bool{false, true} {
						out = append(out, Job{Name: "site", Dir: dir, Issuers: 2, Key: key, PFX: pfx, Twins: twins, Verify: verify,
							Thumbprint: "ca7dda91a106171f372daa4295db779bc4eac4c4"})
					}
				}
			}
		}
	}
	return out
}
