package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

// release is the version that CHANGELOG.md describes at its top.
const release = "0.1.0-dev"

// versionText tells release and, where the build knows it, the commit.
func versionText() string {
	text := release
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return text
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			text += "+" + s.Value[:12]
		}
	}
	return text
}

func (p *process) versionCommand() *cli.Command {
	return &cli.Command{
		Name:   "version",
		Usage:  "print the version",
		Action: func(*cli.Context) error { return p.version() },
	}
}

func (p *process) version() error {
	_, err := fmt.Fprintf(p.stdout, "%s %s (%s %s/%s)\n", name, versionText(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
