// Package browsertest shows tests' pages in Chromium, as people see them, and
// hears what Chromium and axe complain about. It draws no pages and judges none:
// what a page should show is for its tests to say.
package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A Tab is one page at a time in Chromium, with everything that it complained
// about. Its methods fail the test that opened it.
type Tab struct {
	context.Context
	t          *testing.T
	mu         sync.Mutex
	complaints []string
}

// Open starts Chromium, which ends with the test. It finds only the hosts that
// its rules for names let it find: see --host-resolver-rules.
func Open(t *testing.T, hosts string) *Tab {
	t.Helper()
	path := tlstest.Program(t, "chromium", "chromium")
	dir := t.TempDir() // Chromium's own files go there too
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.Env("TMPDIR="+dir),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("host-resolver-rules", hosts))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	b := &Tab{Context: ctx, t: t}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *Tab) listen(event any) {
	said := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		said = "console." + string(e.Type)
	case *runtime.EventExceptionThrown:
		said = e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		said = string(e.Entry.Level) + ": " + e.Entry.Text + " " + e.Entry.URL
	default:
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, said)
}

// Quiet fails if anything was complained about, such as what the content
// security policy forbids.
func (b *Tab) Quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		b.t.Error(c)
	}
}

// patience ends a step that hangs; it is no measure of speed.
const patience = 2 * time.Minute

// Run does something in the tab that has a result.
func Run[T any](b *Tab, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b, patience)
	defer stop()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// Do does things in the tab one after the other.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	Run(b, chromedp.Steps(steps...))
}

// JS evaluates an expression, which may be a promise.
func JS[T any](b *Tab, expression string) T {
	b.t.Helper()
	return Run(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Scheme prefers light or dark colours.
func (b *Tab) Scheme(name string) {
	b.t.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}
	if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		b.t.Fatal(err)
	}
}

// Shot keeps a picture of the whole page.
func (b *Tab) Shot(file string) {
	b.t.Helper()
	if err := os.WriteFile(file, Run(b, chromedp.FullScreenshot(100)), 0o644); err != nil {
		b.t.Fatal(err)
	}
}
