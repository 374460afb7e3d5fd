package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest/golden"
)

// goWords are what Go's packages say and a user of the program need not know.
var goWords = regexp.MustCompile(`\b(open|stat|lstat|read) [^ ]+: |unmarshal|strconv|invalid syntax|EOF|0x|panic|nil|%!`)

// Every typical mistake is told exactly, and what to type instead: the commands
// of testdata/mistakes.txt, run in a folder with a few files, print what is
// written there. Beside that each holds to what all messages must.
func TestMistakes(t *testing.T) {
	file, err := filepath.Abs("../../testdata/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(mistakenFolder(t))
	getenv := func(key string) string { return map[string]string{"TLSCHAIN_CACHE": "cache", "HOME": "."}[key] }

	var now bytes.Buffer
	tried := 0
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		line := s.Text()
		command, ok := strings.CutPrefix(line, "$ tlschain ")
		if !ok {
			if strings.HasPrefix(line, "#") {
				fmt.Fprintf(&now, "%s\n\n", line)
			}
			continue
		}
		tried++
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), strings.Fields(command), strings.NewReader(""), &stdout, &stderr, getenv)
		said := stderr.String()
		fmt.Fprintf(&now, "%s\n%sexit code %d\n\n", line, said, code)
		switch {
		case code != exitUsage:
			t.Errorf("%s: exit code %d", command, code)
		case stdout.Len() > 0:
			t.Errorf("%s: a mistake writes to standard output: %s", command, &stdout)
		case strings.Count(said, "\n") > 4 || !strings.HasPrefix(said, name+": "):
			t.Errorf("%s: a message has its name and few lines:\n%s", command, said)
		case goWords.MatchString(said):
			t.Errorf("%s: words that only a programmer of Go knows:\n%s", command, said)
		case !strings.Contains(said, "hint: ") && !strings.Contains(said, "type ") && !strings.Contains(said, "allows it"):
			t.Errorf("%s: nothing says what to type:\n%s", command, said)
		}
	}
	if tried < 170 {
		t.Errorf("%d mistakes", tried)
	}
	golden.Compare(t, file, now.Bytes())
}

// mistakenFolder holds what the commands of mistakes.txt name.
func mistakenFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"hosts.txt":     "example.com\n",
		"bad-hosts.txt": "foo bar\nexample.com:99999\n",
		"empty.txt":     "# nothing yet\n",
		"notes.txt":     "meeting at ten\n",
		"policy.yaml":   "min_severity: 5\n",
		"severity.yaml": "severity:\n  root-in-chain: loud\n",
		"torn.yaml":     "rules: [\n",
		"waivers.yaml":  "waivers:\n  - rule: root-in-chain\n",
		"both.yaml":     "severity:\n  root-in-chain: info\nwaivers:\n  - {rule: expired-leaf, endpoint: www.example.com, reason: moves, expires: 2027-01-01}\n",
		"rule.yaml":     "waivers:\n  - {rule: expired, endpoint: www.example.com, reason: moves, expires: 2027-01-01}\n",
		"clients.yaml":  "clients:\n  - id: ours\n    like: chorme\n",
		"text.yaml":     "severity: high\n",
		"tab.yaml":      "severity:\n\troot-in-chain: error\n",
		"date.yaml":     "waivers:\n  - {rule: expired-leaf, endpoint: www.example.com, reason: moves, expires: tomorrow}\n",
		"key.yaml":      "distrust:\n  - {key: abc}\n",
		"good.yaml":     "groups:\n  shop:\n    targets: {inline: [example.com]}\n",
		"schedule.yaml": "groups:\n  shop:\n    targets: {inline: [example.com]}\n    schedule: \"0 2 * * *\"\n",
		"audit.yaml":    "groups:\n  shop:\n    targets: {hosts: [example.com]}\n    clints: [go]\n",
		"private.pem":   "-----BEGIN PRIVATE KEY-----\nMIIEvAIBADANBgkqhkiG9w0BAQEFAASC\nbucket.example\n-----END PRIVATE KEY-----\n",
		"ports.csv":     "host;port\nexample.com;https\n",
		"several.yaml":  "severity:\n  root-in-chain: loud\n  expired: error\nexpires_soon: 20\n",
		"report.json":   "{\"hello\": 1}\n",
	} {
		write(t, dir, name, []byte(content))
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
