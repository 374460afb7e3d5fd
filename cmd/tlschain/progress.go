package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
)

func progressFlag() cli.Flag {
	return &cli.StringFlag{Name: "progress", Category: "Pace", Value: "auto", Usage: "`HOW` to show progress on standard error: " +
		"bar, plain (a line every ten seconds, for logs), none, or auto: bar on a terminal (default)"}
}

// A progress tells people how far a long run has come, on standard error only.
// Its methods are safe for concurrent use. Messages go through it, so that they
// do not run into the bar.
type progress struct {
	w      io.Writer
	every  time.Duration // between plain lines; 0: there are none
	now    func() time.Time
	mu     sync.Mutex
	bar    *progressbar.ProgressBar // nil: no bar
	next   time.Time
	done   int
	failed int
	total  atomic.Int64 // targets; 0: not known (yet)
}

func (p *process) newProgress(how string, now func() time.Time) (*progress, error) {
	g := &progress{w: p.stderr, now: now}
	_, terminal := terminalFile(p.stderr)
	switch {
	case how == "bar", how == "auto" && terminal:
		g.bar = progressbar.NewOptions64(-1,
			progressbar.OptionSetWriter(p.stderr),
			progressbar.OptionSetDescription("scanning"),
			progressbar.OptionShowCount(),
			progressbar.OptionShowIts(),
			progressbar.OptionSetItsString("endpoints"),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
		)
	case how == "plain":
		g.every = 10 * time.Second
		g.next = now().Add(g.every)
	case how != "none" && how != "auto":
		return nil, usagef("--progress %q: type bar, plain, none or auto", how)
	}
	return g, nil
}

// shown reports whether anybody looks, so that counting the targets beforehand is
// worth its while.
func (g *progress) shown() bool { return g.bar != nil || g.every > 0 }

func (g *progress) endpoint(e *reports.Endpoint) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.done++
	if e.Status == reports.Failed {
		g.failed++
	}
	if g.bar != nil {
		if total := g.total.Load(); total > 0 && g.bar.GetMax64() != total {
			g.bar.ChangeMax64(max(total, int64(g.done)))
		}
		g.bar.Describe(fmt.Sprintf("scanning, %d failed", g.failed))
		_ = g.bar.Add(1) // a terminal that is gone is no reason to stop
	}
	if g.every > 0 && !g.now().Before(g.next) {
		g.next = g.now().Add(g.every)
		g.line()
	}
}

func (g *progress) line() {
	of := ""
	if total := g.total.Load(); total > 0 {
		of = fmt.Sprintf(" of %d", total)
	}
	fmt.Fprintf(g.w, "%s: %d%s endpoints, %d failed\n", name, g.done, of, g.failed)
}

// printf writes a message of its own line, with what others wrote in it cleaned.
func (g *progress) printf(format string, args ...any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.bar != nil {
		_ = g.bar.Clear()
	}
	fmt.Fprintf(g.w, name+": "+format+"\n", reports.CleanArguments(args)...)
}

func (g *progress) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.bar != nil {
		_ = g.bar.Finish()
	}
	if g.every > 0 {
		g.line()
	}
}
