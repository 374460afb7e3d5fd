package client

import "testing"

// What Conscrypt's source says of chains on which Android 7 and the versions
// before it differ. It was read, not run.
func TestAndroidBeforeSeven(t *testing.T) {
	for _, c := range []struct {
		name, recipe string
		six, seven   bool
	}{
		{"extras and another order", "root R\nca J by R\nca I by J\nroot U\nleaf L by I\npresent L U J I\nanchors R", true, true},
		{
			"an expired intermediate before its renewal",
			"root R\nca I by R\ncopy Ix of I from=2020-01-01 to=2024-01-01\nleaf L by I\npresent L Ix I\nanchors R", false, true,
		},
		{
			"a cross-certificate of a trusted root, of an issuer that is not",
			"root R\nroot O\ncross X of R by O\nca I by R\nleaf L by I\npresent L I X\nanchors R", true, true,
		},
		{
			"the same, and the cross-certificate has expired",
			"root R\nroot O\ncross X of R by O from=2020-01-01 to=2024-01-01\nca I by R\nleaf L by I\npresent L I X\nanchors R", true, true,
		},
		{
			"the self-signed root before the cross-certificate that is needed",
			"root R\nroot O\ncross X of R by O\nca I by R\nleaf L by I\npresent L I R X\nanchors O", false, true,
		},
		{"a trusted root that has expired", "root R from=2000-01-01 to=2021-09-30\nca I by R\nleaf L by I\npresent L I\nanchors R", true, true},
		{"no intermediate", "root R\nca I by R\nleaf L by I\npresent L\nanchors R", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for version, want := range map[int]bool{6: c.six, 7: c.seven} {
				if got := judgeRecipe(t, android(version).verifier(), c.recipe); got.Accepted != want {
					t.Errorf("android %d: accepted is %v: %s", version, got.Accepted, got.Reason)
				}
			}
		})
	}
}
