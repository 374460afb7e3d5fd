package kubernetes

import "testing"

// A kubeconfig may be anybody's: reading one ends, with a cluster or an error.
func FuzzKubeconfig(f *testing.F) {
	f.Add("current-context: a\ncontexts: [{name: a, context: {cluster: b, user: c, namespace: d}}]\n" +
		"clusters: [{name: b, cluster: {server: https://192.0.2.1, certificate-authority-data: aGFsbG8=}}]\nusers: [{name: c, user: {token: t}}]\n")
	f.Add("x: &a [*a]")
	f.Add("{")
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := parse([]byte(text), "", folder); (c == nil) == (err == nil) {
			t.Errorf("%v, %v", c, err)
		}
	})
}
