package main

import (
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/urfave/cli/v2"
)

// release is the version that CHANGELOG.md describes at its top. A build of a
// tag goes by that instead.
const release = "0.1.0-dev"

// A buildVersion is what a build knows of itself, and of the facts that it
// judges by.
type buildVersion struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`   // empty: the build knows none
	Date     string `json:"date"`     // of the commit; empty: the build knows none
	Modified bool   `json:"modified"` // the source was not the commit's
	Facts    string `json:"facts"`    // the day of the facts about CAs and trust stores
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// tagged is the version of a module that was built at a tag. Others have a
// commit and a time in them, or a mark that something was changed.
var tagged = regexp.MustCompile(`^v([0-9]+\.[0-9]+\.[0-9]+(?:-[a-z]+\.?[0-9]*)?)$`)

// versionOf reads what the build has noted.
func versionOf(info *debug.BuildInfo) buildVersion {
	v := buildVersion{Version: release, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	if info == nil {
		return v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Date = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	if m := tagged.FindStringSubmatch(info.Main.Version); m != nil {
		v.Version = m[1]
	} else if len(v.Commit) >= 12 {
		v.Version += "+" + v.Commit[:12]
	}
	return v
}

// versionText is what reports say that they were made by.
func versionText() string {
	info, _ := debug.ReadBuildInfo()
	return versionOf(info).Version
}

func (p *process) versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "print the version, and how old the facts are",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Value: "text", Usage: "`FORMAT`: text (default) or json"},
		},
		Action: func(c *cli.Context) error { return p.version(c.String("format")) },
	}
}

func (p *process) version(format string) error {
	info, _ := debug.ReadBuildInfo()
	v := versionOf(info)
	v.Facts = p.factsUpdated().Format(time.DateOnly)
	var err error
	switch format {
	case "json":
		err = p.printJSON(v)
	case "text":
		_, err = fmt.Fprintf(p.stdout, "%s %s (%s %s/%s)\n%s", name, v.Version, v.Go, v.OS, v.Arch, v.notes())
	default:
		return usagef("unknown format %q: type text or json", format)
	}
	return err
}

// notes are the lines below the version.
func (v *buildVersion) notes() (text string) {
	if v.Commit != "" {
		text = fmt.Sprintf("commit %s of %s", v.Commit, v.Date)
		if v.Modified {
			text += ", with changes"
		}
		text += "\n"
	}
	return text + fmt.Sprintf("facts of %s\n", v.Facts)
}
