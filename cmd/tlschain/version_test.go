package main

import (
	"runtime/debug"
	"testing"
)

// The version is the tag's where a tag was built, and has the commit elsewhere.
func TestVersionOf(t *testing.T) {
	const commit = "268b50a0c1d2e3f405162738495a6b7c8d9e0f10"
	for _, c := range []struct{ module, revision, want string }{
		{"v1.2.3", commit, "1.2.3"},
		{"v1.2.3-rc.1", commit, "1.2.3-rc.1"},
		{"v1.2.3", "", "1.2.3"}, // go install ...@v1.2.3
		{"v1.2.3+dirty", commit, release + "+268b50a0c1d2"},
		{"v1.2.4-0.20261129072200-268b50a0c1d2", commit, release + "+268b50a0c1d2"},
		{"(devel)", "", release},
	} {
		info := &debug.BuildInfo{Main: debug.Module{Version: c.module}}
		if c.revision != "" {
			info.Settings = []debug.BuildSetting{{Key: "vcs.revision", Value: c.revision}}
		}
		if got := versionOf(info).Version; got != c.want {
			t.Errorf("%s at %q is version %s, want %s", c.module, c.revision, got, c.want)
		}
	}
}
