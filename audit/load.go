package audit

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/yamlfile"
	"github.com/tlschain/tlschain/scanner/kubernetes"
)

// Example is a tlschain.yaml with every key, explained.
//
//go:embed tlschain.example.yaml
var Example []byte

// maxConfig bounds tlschain.yaml, in bytes.
const maxConfig = 4 << 20

// Load reads tlschain.yaml. An unknown key is an error, as is everything that
// could not mean what it says; each error names its line, and all that are
// found are told at once.
func Load(path string) (*Config, error) {
	text, err := readSmall(path, maxConfig)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return Parse(text, path)
}

// readSmall reads a file that has no more than most bytes; its errors leave out
// the name.
func readSmall(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if int64(len(text)) > most {
		return nil, fmt.Errorf("it has more than %d bytes", most)
	}
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	return text, nil
}

// Parse is [Load] for a text that is at hand; path is named in errors, and
// relative file names start from its folder.
func Parse(text []byte, path string) (*Config, error) {
	config := &Config{Dir: filepath.Dir(path), File: path}
	tree, wrong := yamlfile.Read(text, config)
	check := checker{path: path, tree: tree}
	for _, w := range wrong {
		check.found = append(check.found, mistake{w.Line, fmt.Errorf("%s:%d: %s", path, w.Line, w.Text())})
	}
	if wrong == nil {
		check.config(config)
	}
	if len(check.found) > 0 {
		return nil, check.inOrder()
	}
	return config, nil
}

// A mistake is one that a [checker] found, and where.
type mistake struct {
	line int // 0: nowhere
	err  error
}

// inDir is a file name as the configuration means it.
func inDir(dir, file string) string {
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

// A checker finds what is well-formed and wrong.
type checker struct {
	path  string
	tree  *ast.File
	found []mistake
}

// inOrder is what was found, as it stands in the file.
func (c *checker) inOrder() error {
	slices.SortStableFunc(c.found, func(a, b mistake) int { return a.line - b.line })
	var all []error
	for _, one := range c.found {
		all = append(all, one.err)
	}
	return errors.Join(all...)
}

// wrong notes a mistake at a YAML path such as $.groups.web.
func (c *checker) wrong(at, format string, args ...any) {
	c.found = append(c.found, mistake{c.line(at), fmt.Errorf("%s: %s", c.where(at), fmt.Sprintf(format, args...))})
}

// where names a YAML path and its line.
func (c *checker) where(at string) string {
	where := c.path
	if line := c.line(at); line > 0 {
		where = fmt.Sprintf("%s:%d", c.path, line)
	}
	return where + ": " + strings.TrimPrefix(at, "$.")
}

// line is that of a YAML path, or of the nearest that there is above it.
func (c *checker) line(at string) int {
	for path := at; path != "$" && path != ""; path = path[:max(strings.LastIndexByte(path, '.'), 0)] {
		p, err := yaml.PathString(path)
		if err != nil {
			continue
		}
		if node, err := p.FilterFile(c.tree); err == nil && node != nil {
			return node.GetToken().Position.Line
		}
	}
	return 0
}

// items is where the items of the list at a YAML path are.
func (c *checker) items(at string) place {
	p := place{file: c.path, key: strings.TrimPrefix(at, "$.")}
	path, err := yaml.PathString(at)
	if err != nil {
		return p
	}
	node, err := path.FilterFile(c.tree)
	if err != nil {
		return p
	}
	if list, ok := node.(*ast.SequenceNode); ok {
		for _, item := range list.Values {
			p.line = append(p.line, item.GetToken().Position.Line)
		}
	}
	return p
}

var (
	namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)
	zonePattern = regexp.MustCompile(`^[a-z0-9]+([_-][a-z0-9]+)*$`) // a queue is named after it
)

func (c *checker) config(config *Config) {
	if len(config.Groups) == 0 {
		c.wrong("$.groups", "there is no group: tlschain audit init writes an example")
	}
	c.secret("$.database", config.Database)
	for _, name := range sortedKeys(config.Receivers) {
		c.receiver("$.receivers."+name, name, config.Receivers[name])
	}
	for _, name := range sortedKeys(config.Groups) {
		at, g := "$.groups."+name, config.Groups[name]
		if !namePattern.MatchString(name) {
			c.wrong(at, "%q is no name for a group: use a-z, 0-9, - and _, at most 63", name)
			continue
		}
		if g == nil {
			c.wrong(at, "there is nothing in this group")
			continue
		}
		g.Name, g.Dir = name, config.Dir
		c.group(at, g, config)
	}
	c.serve(config.Serve)
}

func (c *checker) receiver(at, name string, r *Receiver) {
	switch {
	case !namePattern.MatchString(name):
		c.wrong(at, "%q is no name for a receiver: use a-z, 0-9, - and _, at most 63", name)
		return
	case r == nil || r.URL.IsZero() == (len(r.Exec) == 0):
		c.wrong(at, "write either url (env or file, holding a shoutrrr URL) or exec")
		return
	}
	c.secret(at+".url", r.URL)
	if _, err := rules.ParseSeverity(r.Only); r.Only != "" && err != nil {
		c.wrong(at+".only", "%v", err)
	}
	if languages[r.Lang] == nil {
		c.wrong(at+".lang", "%q: write en or ja", r.Lang)
	}
	if d := time.Duration(r.RemindAfter); d != 0 && d < 24*time.Hour {
		c.wrong(at+".remind_after", "nobody wants to hear of the same that often: write 1d or more, such as 7d")
	}
	if r.Digest != nil && r.Digest.next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		c.wrong(at+".digest", "%q never comes", r.Digest.Cron.Text)
	}
	for _, tag := range sortedKeys(r.Tags) {
		if len(r.Tags[tag]) == 0 {
			c.wrong(at+".tags", "%s has no value: write %s: web, or a list of values", tag, tag)
		}
	}
	for _, e := range r.Events {
		if !slices.Contains(allKinds[:], Kind(e)) {
			c.wrong(at+".events", "%q is no event: write some of %s", e, joinKinds())
		}
	}
}

func (c *checker) group(at string, g *Group, config *Config) {
	if g.Targets.empty() {
		c.wrong(at+".targets", "there are none: write inline, files, commands, urls, zones or clusters")
	}
	g.Targets.inlineAt = c.items(at + ".targets.inline")
	for i, z := range g.Targets.ZoneFiles {
		if z.File == "" {
			c.wrong(fmt.Sprintf("%s.targets.zones[%d]", at, i), "a zone needs a file")
		}
	}
	for i, name := range g.Targets.Clusters {
		if !strings.HasPrefix(name, kubernetes.Scheme) {
			c.wrong(fmt.Sprintf("%s.targets.clusters[%d]", at, i), "%q is no cluster: write k8s://CONTEXT", name)
		}
	}
	for i, u := range g.Targets.URLs {
		if !strings.HasPrefix(u.URL, "https://") && !strings.HasPrefix(u.URL, "http://") {
			c.wrong(fmt.Sprintf("%s.targets.urls[%d]", at, i), "%q is no URL: write https://...", u.URL)
		}
		c.secret(fmt.Sprintf("%s.targets.urls[%d].token", at, i), u.Token)
	}
	for i, command := range g.Targets.Commands {
		if len(command) == 0 {
			c.wrong(fmt.Sprintf("%s.targets.commands[%d]", at, i), "a command needs a program")
		}
	}
	if slices.Contains(g.Ports, 0) {
		c.wrong(at+".ports", "write numbers from 1 to 65535")
	}
	if !slices.Contains([]string{"", "4", "6"}, g.Family) {
		c.wrong(at+".family", "write 4 or 6, or leave it out for both")
	}
	for _, v := range g.Variants {
		if !slices.Contains([]string{"sni", "key", "version", "quic"}, v) {
			c.wrong(at+".variants", "%q: write some of sni, key, version, quic", v)
		}
	}
	if p := g.Pace; p.Concurrency < 0 || p.Rate < 0 || p.PerNetwork < 0 || p.Retries < 0 {
		c.wrong(at+".pace", "numbers below zero make no sense here")
	}
	for _, name := range g.Notify {
		if config.Receivers[name] == nil {
			c.wrong(at+".notify", "there is no receiver %q; there is %s", name, orNone(sortedKeys(config.Receivers)))
		}
	}
	for _, name := range g.CompareWith {
		if config.Groups[name] == nil || name == g.Name {
			c.wrong(at+".compare_with", "there is no other group %q; there is %s", name,
				orNone(slices.DeleteFunc(sortedKeys(config.Groups), func(other string) bool { return other == g.Name })))
		}
	}
	if g.Zone != "" {
		g.zoneAt = c.where(at + ".zone")
		if len(g.Zone) > 63 || !zonePattern.MatchString(g.Zone) {
			c.wrong(at+".zone", "%q is no name for a network zone: use a-z and 0-9, with single - or _ between, at most 63", g.Zone)
		}
	}
	if g.Confirm.Times < 0 || g.Confirm.Times > 10 {
		c.wrong(at+".confirm.times", "write 1 to 10")
	}
	if g.Schedule != nil {
		c.schedule(at+".schedule", g.Schedule)
	}
}

func (c *checker) schedule(at string, s *Schedule) {
	if s.Cron.next == nil {
		c.wrong(at, "a schedule needs cron, such as \"15 2 * * *\"")
		return
	}
	for i, b := range s.Blackouts {
		if _, err := b.window(); err != nil {
			c.wrong(fmt.Sprintf("%s.blackouts[%d]", at, i), "%v", err)
			return
		}
	}
	if s.Next("", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		c.wrong(at+".cron", "%q never comes, or only in blackouts", s.Cron.Text)
	}
}

func (c *checker) serve(s Serve) {
	host, _, err := net.SplitHostPort(s.Address())
	if err != nil {
		c.wrong("$.serve.listen", "%q is no address: write 127.0.0.1:8480 or [::1]:8480", s.Listen)
		return
	}
	c.secret("$.serve.token", s.Token)
	c.secret("$.serve.calendar", s.Calendar)
	if d := time.Duration(s.UpdateFacts); d != 0 && d < 24*time.Hour {
		c.wrong("$.serve.update_facts", "publishers are asked once a day at most: write 7d")
	}
	if (s.Cert == "") != (s.Key == "") {
		c.wrong("$.serve", "cert and key belong together")
	}
	if s.Metrics != "" && s.Metrics != "groups" {
		c.wrong("$.serve.metrics_detail", "write groups, or leave it out")
	}
	if _, err := reports.TagLabels(s.TagLabels); err != nil {
		c.wrong("$.serve.tag_labels", "%v", err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return
	}
	if s.Cert == "" {
		c.wrong("$.serve", "%s is not a loopback address: it needs TLS, write cert and key", s.Listen)
	}
	if s.Token.IsZero() && s.Users == "" {
		c.wrong("$.serve", "%s is not a loopback address: it needs token or users", s.Listen)
	}
}

// ListenAt serves somewhere else than the configuration says, on loopback.
func (c *Config) ListenAt(address string) error {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%q is no loopback address: type 127.0.0.1:8480; others are configured, with TLS and a password", address)
	}
	c.Serve.Listen = address
	return nil
}

// KeepIn has the history somewhere else than the configuration says: what is told
// to be typed names it.
func (c *Config) KeepIn(where string) { c.typedDB = where }

func (c *checker) secret(at string, s Secret) {
	if s.Env != "" && s.File != "" {
		c.wrong(at, "write either env or file")
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
