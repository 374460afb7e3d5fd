package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/kubernetes"
)

// Sources are where a group's targets come from. All of them count.
type Sources struct {
	Inline    []Text     `yaml:"inline"`   // targets
	Files     []string   `yaml:"files"`    // target lists
	Commands  [][]string `yaml:"commands"` // programs that print a target list; no shell
	URLs      []URL      `yaml:"urls"`     // target lists
	ZoneFiles []ZoneFile `yaml:"zones"`    // DNS zone files
	Clusters  []string   `yaml:"clusters"` // of Kubernetes, such as k8s://CONTEXT/NAMESPACE

	inlineAt place // where the configuration says Inline
}

// A place is where items of the configuration stand.
type place struct {
	file string
	key  string
	line []int // of each item; nil: nobody knows
}

// of puts what was read of the list of the items where the configuration has it.
func (p *place) of(t scanner.Target, err error) (scanner.Target, error) {
	var wrong *scanner.LineError
	n := t.Line
	if errors.As(err, &wrong) {
		n = wrong.Line
	}
	if n < 1 || n > len(p.line) {
		return t, err
	}
	t.List, t.Line = p.file, p.line[n-1]
	if wrong != nil {
		err = &scanner.LineError{File: t.List, Line: t.Line, Text: wrong.Text, Err: fmt.Errorf("%s[%d]: %w", p.key, n-1, wrong.Err)}
	}
	return t, err
}

// A URL is a target list on a web server.
type URL struct {
	URL   string `yaml:"url"`
	Token Secret `yaml:"token"` // sent as a bearer token
}

func (s *Sources) empty() bool {
	return len(s.Inline)+len(s.Files)+len(s.Commands)+len(s.URLs)+len(s.ZoneFiles)+len(s.Clusters) == 0
}

// Bounds of a list that comes from elsewhere.
const (
	sourceTimeout = 5 * time.Minute
	maxList       = 256 << 20 // bytes
)

// A sourceError is a list that could not be had whole. Its targets are not
// known, so the audit is a partial one: what is not listed is not gone.
type sourceError struct{ Err error }

func (e *sourceError) Error() string { return e.Err.Error() }
func (e *sourceError) Unwrap() error { return e.Err }

// targets walks all targets of the group, each once, and the mistakes among them:
// a line that is no target, or a *sourceError. note takes what is left out without
// loss, such as a tag without a key, or a target that came before.
func (g *Group) targets(ctx context.Context, lists []list, note func(string)) iter.Seq2[scanner.Target, error] {
	options := g.Config.Targets()
	options.Note = note
	return func(yield func(scanner.Target, error) bool) {
		repeated := 0
		once := scanner.Once(func(yield func(scanner.Target, error) bool) {
			for _, list := range lists {
				if ctx.Err() != nil || !list.walk(ctx, options, yield) {
					return
				}
			}
		}, func(again scanner.Repeat) {
			if repeated++; repeated <= maxRepeated && note != nil {
				note(fmt.Sprintf("%s: it is audited once", again))
			}
		})
		for target, err := range once {
			if !yield(target, err) {
				return
			}
		}
		if repeated > maxRepeated && note != nil {
			note(fmt.Sprintf("and %d more that repeat one", repeated-maxRepeated))
		}
	}
}

// maxRepeated bounds how many repeated targets are named.
const maxRepeated = 3

// A list is one source, opened when its turn comes. finish tells what went
// wrong with it after it was read.
type list struct {
	name  string
	place *place // of its lines in the configuration; nil: it is elsewhere
	local bool   // reading it starts no program and asks no server
	open  func(ctx context.Context) (r io.Reader, finish func() error, err error)
}

func (g *Group) lists(getenv func(string) string) []list {
	var all []list
	add := func(name string, local bool, open func(ctx context.Context) (io.Reader, func() error, error)) {
		all = append(all, list{name: name, local: local, open: open})
	}
	add("targets.inline", true, func(context.Context) (io.Reader, func() error, error) {
		var lines strings.Builder
		for _, target := range g.Targets.Inline {
			lines.WriteString(string(target) + "\n")
		}
		return strings.NewReader(lines.String()), func() error { return nil }, nil
	})
	all[0].place = &g.Targets.inlineAt
	for _, file := range g.Targets.Files {
		add(file, true, func(context.Context) (io.Reader, func() error, error) {
			f, err := openRegular(inDir(g.Dir, file))
			return f, f.Close, err
		})
	}
	for _, command := range g.Targets.Commands {
		add("the command "+command[0], false, func(ctx context.Context) (io.Reader, func() error, error) { return run(ctx, g.Dir, command) })
	}
	for _, u := range g.Targets.URLs {
		add(u.URL, false, func(ctx context.Context) (io.Reader, func() error, error) { return u.get(ctx, g.Dir, getenv) })
	}
	for _, z := range g.Targets.ZoneFiles {
		add(z.File, true, func(context.Context) (io.Reader, func() error, error) { return z.open(g.Dir) })
	}
	for _, cluster := range g.Targets.Clusters {
		add(cluster, false, func(ctx context.Context) (io.Reader, func() error, error) {
			c, err := kubernetes.Open(cluster, getenv)
			if err != nil {
				return nil, nil, err
			}
			hosts, err := c.Targets(ctx)
			return bytes.NewReader(hosts), func() error { return nil }, err
		})
	}
	return all
}

// openRegular opens a file of a list: no pipe, which would be waited for without end
// and then look like a list with nothing in it, and no device.
func openRegular(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &os.PathError{Op: "open", Path: name, Err: errors.New("it is no regular file: a program that writes a list belongs under commands")}
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func (l list) walk(ctx context.Context, options scanner.TargetOptions, yield func(scanner.Target, error) bool) bool {
	ctx, cancel := context.WithTimeout(ctx, sourceTimeout)
	defer cancel()
	wrong := func(err error) bool {
		var path *os.PathError
		if l.local && errors.As(err, &path) {
			return yield(scanner.Target{}, &sourceError{fmt.Errorf("reading %s: %w", path.Path, path.Err)})
		}
		return yield(scanner.Target{}, &sourceError{fmt.Errorf("reading %s: %w", l.name, err)})
	}
	r, finish, err := l.open(ctx)
	if err != nil {
		return wrong(err)
	}
	bounded := &io.LimitedReader{R: r, N: maxList}
	for target, err := range scanner.Targets(bounded, l.name, options) {
		var line *scanner.LineError
		if err != nil && !errors.As(err, &line) {
			err = &sourceError{err}
		}
		if l.place != nil {
			target, err = l.place.of(target, err)
		}
		if !yield(target, err) {
			cancel() // a command that still writes is not waited for
			finish()
			return false
		}
	}
	if bounded.N == 0 {
		cancel() // nor one that would never end
	}
	err = finish()
	if bounded.N == 0 {
		err = fmt.Errorf("it has more than %d bytes", maxList)
	}
	if err != nil {
		return wrong(err)
	}
	return true
}

// run starts a program whose standard output is the list. It is started in the
// folder of the configuration, and ended when ctx ends.
func run(ctx context.Context, dir string, command []string) (io.Reader, func() error, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second
	ownGroup(cmd)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	return out, cmd.Wait, nil
}

func (u URL) get(ctx context.Context, dir string, getenv func(string) string) (io.Reader, func() error, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.URL, nil)
	if err != nil {
		return nil, nil, err
	}
	token, err := u.Token.Read(dir, getenv)
	if err != nil {
		return nil, nil, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := (&http.Client{Transport: http.DefaultTransport, CheckRedirect: mayLead}).Do(request)
	if err != nil {
		return nil, nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, nil, fmt.Errorf("the server says %s", response.Status)
	}
	return response.Body, response.Body.Close, nil
}

// maxRedirects is how often a list may be elsewhere.
const maxRedirects = 5

// mayLead reports what is wrong with a redirect. The configuration names the server
// that is asked; this server must not have others asked in its place, such as those
// that only this machine reaches, nor have the list sent in clear.
func mayLead(next *http.Request, before []*http.Request) error {
	from, to := before[0].URL, next.URL
	switch {
	case len(before) > maxRedirects:
		return fmt.Errorf("it redirects more than %d times", maxRedirects)
	case to.Hostname() != from.Hostname():
		return fmt.Errorf("it redirects to %s: configure that URL, if it is meant", to.Redacted())
	case from.Scheme == "https" && to.Scheme != "https":
		return fmt.Errorf("it redirects to %s, which is not encrypted", to.Redacted())
	}
	return nil
}

// A listing is what the lists of a group hold.
type listing struct {
	Targets, Skipped int // skipped are the lines that are none
	Notes            []string
	Err              error // names each of those lines, up to some, and each list that could not be read whole
}

// maxMistakes bounds the lines that a listing names.
const maxMistakes = 50

// checkLists reads the lists of a group; those that a program or a server gives
// only if remote is true.
func (g *Group) checkLists(ctx context.Context, getenv func(string) string, remote bool) (l listing) {
	lists := slices.DeleteFunc(g.lists(getenv), func(l list) bool { return !l.local && !remote })
	whole := remote || len(lists) == len(g.lists(getenv))
	note := func(text string) {
		if len(l.Notes) < maxMistakes {
			l.Notes = append(l.Notes, text)
		}
	}
	var found []error
	for _, wrong := range g.targets(ctx, lists, note) {
		var source *sourceError
		switch {
		case wrong == nil:
			l.Targets++
			continue
		case !errors.As(wrong, &source):
			l.Skipped++
		}
		if len(found) < maxMistakes {
			found = append(found, wrong)
		}
	}
	if l.Skipped > maxMistakes {
		found = append(found, fmt.Errorf("%d lines are no targets", l.Skipped))
	}
	if whole && l.Targets == 0 && len(found) == 0 {
		found = append(found, errors.New("there is no target in its lists"))
	}
	l.Err = errors.Join(found...)
	return l
}
