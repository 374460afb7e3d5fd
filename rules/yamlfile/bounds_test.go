package yamlfile

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A file that is made to cost time or memory ends soon, with a reason. Before
// there were bounds, a megabyte of brackets took gigabytes and no end of time.
func TestYAMLBombs(t *testing.T) {
	aliases := "a0: &a0 [x,x,x]\n"
	for i := 1; i < 60; i++ {
		aliases += fmt.Sprintf("a%d: &a%[1]d [%s]\n", i, strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9))
	}
	var keys, flow strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&keys, "  k%d: {name: x}\n", i)
		fmt.Fprintf(&flow, "k%d: {name: x},\n", i)
	}
	for name, text := range map[string]string{
		"brackets":           "x: " + strings.Repeat("[", 1<<20),
		"brackets by line":   "x: " + strings.Repeat("[\n", 1<<20),
		"braces":             strings.Repeat("{a: ", 1<<18),
		"dashes":             strings.Repeat("- ", 1<<19),
		"questions":          strings.Repeat("? ", 1<<19),
		"colons":             strings.Repeat("a: ", 1<<19),
		"anchors":            strings.Repeat("&a ", 1<<19),
		"tags":               strings.Repeat("!a ", 1<<19),
		"quotes":             strings.Repeat(`"`, 1<<20),
		"aliases":            aliases,
		"an alias of itself": "named: &a\n  x: *a\n",
		"unknown keys":       strings.Repeat("unheard-of: 1\n", 15_000),
		"keys":               "named:\n" + keys.String(),
		"keys in braces":     "named: {" + flow.String() + "}",
		"documents":          strings.Repeat("---\ncount: 1\n", 50_000),
		"size":               strings.Repeat("# long\n", 4<<20),
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			var s site
			_, wrong := Read([]byte(text), &s)
			if len(wrong) == 0 || len(wrong) > maxErrors {
				t.Errorf("%d mistakes", len(wrong))
			}
			for _, one := range wrong {
				if len(one.Error()) > 1000 {
					t.Errorf("%.200s", one.Error())
				}
			}
			t.Log(time.Since(began))
		})
	}
}

// Long keys and texts cost what they have and are told in short. A key of some
// megabytes took gigabytes to look for what was meant by it, and was copied for each
// value below it.
func TestLongKeys(t *testing.T) {
	const long = 4 << 20
	key, many := strings.Repeat("k", long), strings.Repeat("x,", 50_000)
	deep := ""
	for n := range 300 {
		deep += strings.Repeat(" ", n) + strings.Repeat("k", 1000) + ":\n"
	}
	for name, text := range map[string]string{
		"an unknown key":        key + ": 1",
		"a name above a list":   "named:\n  " + key + ": {name: [" + many + "], kind: x}\nsince: soon",
		"an unknown key, above": key + ": [" + many + "]\nsince: soon",
		"a key twice":           key + ": 1\n" + key + ": 2",
		"a key within":          "named: {a: {" + key + ": 1}}",
		"a value":               "since: " + key,
		"a value for a list":    "hosts: " + key,
		"a value for a number":  "count: " + key,
		"a name":                "named:\n  " + key + ": {kind: soon}",
		"keys above keys":       deep + strings.Repeat(" ", 300) + "- [" + many + "]\nsince: soon",
		"lists in lists":        "hosts: " + strings.Repeat("[", 400) + strings.Repeat("x,", 400_000) + strings.Repeat("]", 400),
		"a quoted key":          "named: {\"" + key + "\": [" + many + "]}",
		"lines below a key":     key + ":\n" + strings.Repeat("  - x\n", 50_000),
		"an alias":              "title: *" + key,
		"a tag":                 "title: !" + key + " x\nsince: soon",
		"an anchor":             "title: &" + key + " [x]",
		"digits":                "count: " + strings.Repeat("9", long),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, wrong := Read([]byte(text), new(site))
			runtime.ReadMemStats(&after)
			if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 1024 {
				t.Errorf("%d MiB were allocated for %d MiB", took, len(text)>>20)
			}
			if len(wrong) == 0 {
				t.Error("no mistake")
			}
			for _, one := range wrong {
				if len(one.Error()) > 3_000 {
					t.Errorf("%d bytes: %.200s", len(one.Error()), one.Error())
				}
			}
		})
	}
}

// What people write stays within the bounds.
func TestLargeFiles(t *testing.T) {
	var b strings.Builder
	b.WriteString("hosts:\n")
	for i := range 100_000 {
		fmt.Fprintf(&b, "  - host%d.example.com:443\n", i)
	}
	b.WriteString("commands:\n")
	for range 1_000 {
		b.WriteString("  - [a, b: c, '[', \"{\"]\n")
	}
	b.WriteString("named:\n")
	for i := range 2_000 {
		fmt.Fprintf(&b, "  k%d:\n    name: x # {[\n", i)
	}
	if wrong := tooMuch([]byte(b.String())); wrong != nil {
		t.Error(wrong)
	}
}
