package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// inShell runs a script with our program in its path, and gives what it prints.
func inShell(t *testing.T, script string, env ...string) (out string, code int) {
	t.Helper()
	cmd := exec.Command("bash", "-c", script)
	cmd.Env = append(os.Environ(), append(env, "PATH="+filepath.Dir(builtBinary(t))+":"+os.Getenv("PATH"))...)
	text, err := cmd.Output()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// The recipes of docs/install.md for Zabbix and Checkmk, as they are printed
// there, read what the program tells of a server with a fault.
func TestMonitoringRecipes(t *testing.T) {
	endpoints, err := tlstest.Demo(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server, err := tlstest.Serve(tlstest.Behaviour{Default: endpoints[0].Identity})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	target := server.Addr().String()
	text := strings.ReplaceAll(string(read(t, "../../docs/install.md")), "/usr/bin/tlschain", name)
	for _, c := range []struct{ item, want string }{{"days", `^-?[0-9]+$`}, {"severity", `^error\n$`}} {
		m := regexp.MustCompile(`(?m)^UserParameter=tlschain\.` + c.item + `\[\*\],(.*)$`).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no item %s", c.item)
		}
		if out, _ := inShell(t, strings.ReplaceAll(m[1], "$1", target)); !regexp.MustCompile(c.want).MatchString(out) {
			t.Errorf("%s: %q", c.item, out)
		}
	}
	m := regexp.MustCompile("(?s)```sh\n#!/bin/sh\n(.*?)```").FindStringSubmatch(text)
	if m == nil {
		t.Fatal("no script for Checkmk")
	}
	script := strings.ReplaceAll(m[1], "example.com www.example.net:8443", target+" 127.0.0.1:1")
	lines := regexp.MustCompile(`^2 "tlschain ` + regexp.QuoteMeta(target) + `" - .+\n3 "tlschain 127.0.0.1:1" - .+\n$`)
	if out, _ := inShell(t, script); !lines.MatchString(out) {
		t.Errorf("Checkmk: %q", out)
	}
}

// The job of docs/install.md for GitLab, as it is printed there, fails for a file with
// a fault and leaves the report that it names, with what GitLab asks of one.
func TestGitLabRecipe(t *testing.T) {
	m := regexp.MustCompile("(?s)## GitLab\n\n```yaml\n(.*?)```").FindSubmatch(read(t, "../../docs/install.md"))
	if m == nil {
		t.Fatal("there is no job")
	}
	var jobs map[string]struct {
		Script    []string
		Artifacts struct {
			When    string
			Reports struct{ CodeQuality string }
		}
	}
	if err := yaml.Unmarshal(m[1], &jobs); err != nil {
		t.Fatal(err)
	}
	job, dir := jobs["certificates"], demoFolder(t)
	place(t, dir, "deploy/fullchain.pem", read(t, filepath.Join(dir, "bakery.pem")))
	script := "cd " + dir + " && " + strings.Join(job.Script, " && ")
	if out, code := inShell(t, script); code != exitFindings || job.Artifacts.When != "always" {
		t.Errorf("exit code %d, the report is kept %s: %s", code, job.Artifacts.When, out)
	}
	var issues []struct {
		Description, Fingerprint, Severity string
		Location                           struct {
			Path  string
			Lines struct{ Begin int }
		}
	}
	if err := json.Unmarshal(read(t, filepath.Join(dir, job.Artifacts.Reports.CodeQuality)), &issues); err != nil || len(issues) == 0 {
		t.Fatalf("%d issues, %v", len(issues), err)
	}
	for _, issue := range issues {
		at := issue.Location
		if issue.Description == "" || issue.Fingerprint == "" || issue.Severity != "critical" || at.Path != "deploy/fullchain.pem" || at.Lines.Begin != 1 {
			t.Errorf("%+v", issue)
		}
	}
}

// The last step of the GitHub Action annotates and fails as its inputs say, and
// reads no command out of them.
func TestGitHubAction(t *testing.T) {
	var action struct {
		Runs struct{ Steps []struct{ Run string } }
	}
	if err := yaml.Unmarshal(read(t, "../../action.yml"), &action); err != nil {
		t.Fatal(err)
	}
	step := action.Runs.Steps[len(action.Runs.Steps)-1].Run
	dir := demoFolder(t)
	run := func(env ...string) (string, int) {
		return inShell(t, "cd "+dir+"\n"+step, append([]string{"RUNNER_TEMP=" + filepath.Dir(builtBinary(t)), "FILES=", "TARGETS=", "LIST=",
			"FAIL_ON=error", "ARGUMENTS=--roots roots.pem --pool pool.pem"}, env...)...)
	}
	for _, c := range []struct {
		env  []string
		want string
		code int
	}{
		{[]string{"FILES=bakery.pem"}, "::error file=bakery.pem", exitFindings},
		{[]string{"FILES=bakery.pem", "FAIL_ON=never"}, "::error file=bakery.pem", exitClean},
		{[]string{"LIST=targets.csv"}, "::error", exitFindings},
		{[]string{"FILES=$(touch${IFS}made);touch made"}, "", exitUsage},
		{nil, "::error title=tlschain::give", exitUsage},
	} {
		if out, code := run(c.env...); code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%q: exit code %d, %s", c.env, code, out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "made")); err == nil {
		t.Error("an input was run")
	}
}
