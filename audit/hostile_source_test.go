package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner"
)

// listed walks a list to its end: its targets, and what was wrong with it.
func listed(ctx context.Context, l list) (targets []string, wrong []error) {
	l.walk(ctx, scanner.TargetOptions{Ports: []uint16{443}}, func(t scanner.Target, err error) bool {
		if err != nil {
			wrong = append(wrong, err)
		} else {
			targets = append(targets, t.Text)
		}
		return true
	})
	return targets, wrong
}

// command is a list that a program prints.
func command(dir string, argv ...string) list {
	return list{name: "the command", open: func(ctx context.Context) (r io.Reader, finish func() error, err error) { return run(ctx, dir, argv) }}
}

// children are the processes that this one started and that are still there, ended
// ones that nobody asked after included.
func children(t *testing.T) (all []string) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		t.Skip("there is no /proc to look for processes in: Linux has it")
	}
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended meanwhile
		}
		fields := strings.Fields(string(text[strings.LastIndex(string(text), ")")+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(os.Getpid()) {
			all = append(all, string(text))
		}
	}
	return all
}

// No shell reads what the configuration names as a program.
func TestCommandsHaveNoShell(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("ATTACK", "of-the-environment.example")
	for _, words := range []string{"$(touch owned)", "`touch owned`", "a;touch owned", "a|touch owned", "a>owned", "$ATTACK", "*", "~", "a&&touch owned"} {
		targets, wrong := listed(t.Context(), command(dir, "printf", "%s\n", "# "+words, "a.example"))
		if fmt.Sprint(targets) != "[a.example]" || len(wrong) > 0 {
			t.Errorf("%s: %q %v", words, targets, wrong)
		}
	}
	if made, _ := os.ReadDir(dir); len(made) > 0 {
		t.Errorf("%v came to be", made)
	}
	// What the program's own environment has, its programs have too.
	if targets, wrong := listed(t.Context(), command(dir, "printenv", "ATTACK")); fmt.Sprint(targets) != "[of-the-environment.example]" {
		t.Errorf("the environment: %q %v", targets, wrong)
	}
}

// A program whose time is over ends with all that it started; nothing of it is left.
func TestCommandsEndWithTheirChildren(t *testing.T) {
	dir := t.TempDir()
	before := len(children(t))
	script := `sleep 1000 & echo $! >> pids; sh -c 'trap "" TERM INT HUP; echo $$ >> pids; while :; do sleep 1; done' & echo a.example; echo ready > ready; wait`
	for name, start := range map[string]func(ctx context.Context) error{
		"a list": func(ctx context.Context) error {
			_, wrong := listed(ctx, command(dir, "sh", "-c", script))
			return errors.Join(wrong...)
		},
		"a receiver": func(ctx context.Context) error { return runCommand(ctx, dir, []string{"sh", "-c", script}, message{}) },
	} {
		os.Remove(filepath.Join(dir, "ready"))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- start(ctx) }()
		for pids := 0; pids < 2; {
			text, _ := os.ReadFile(filepath.Join(dir, "pids"))
			pids = strings.Count(string(text), "\n")
		}
		stop()
		if err := <-ended; err == nil {
			t.Errorf("%s: no error", name)
		}
		text, err := os.ReadFile(filepath.Join(dir, "pids"))
		if err != nil {
			t.Fatal(err)
		}
		for _, pid := range strings.Fields(string(text)) {
			for exec.Command("kill", "-0", pid).Run() == nil && !hasEnded(pid) { // until it is gone; the test's own time-out ends this
				time.Sleep(10 * time.Millisecond)
			}
		}
		os.Remove(filepath.Join(dir, "pids"))
	}
	if after := children(t); len(after) > before {
		t.Errorf("%d processes are left: %s", len(after)-before, after)
	}
}

// hasEnded reports whether a process has ended, and its parent has not asked after it.
func hasEnded(pid string) bool {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	return err != nil || strings.Contains(string(text), ") Z ")
}

// A program that writes for ever is stopped at the bound of a list, and one that
// complains for ever takes no memory.
func TestCommandsThatWriteForEver(t *testing.T) {
	dir := t.TempDir()
	line := "# " + strings.Repeat("x", 1000)
	_, wrong := listed(t.Context(), command(dir, "yes", line))
	if len(wrong) != 1 || !strings.Contains(wrong[0].Error(), "it has more than") {
		t.Errorf("%v", wrong)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := runCommand(t.Context(), dir, []string{"sh", "-c", `yes "a long complaint" | head -c 200000000 >&2; exit 3`}, message{})
	runtime.ReadMemStats(&after)
	if err == nil || len(err.Error()) > 700 || !strings.Contains(err.Error(), "a long complaint") {
		t.Errorf("%.900v", err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 10<<20 {
		t.Errorf("%d MiB for its complaints", took>>20)
	}
}

// A server that gives a list gives it itself: it sends us to no other, and not for ever.
func TestListsRedirectNowhere(t *testing.T) {
	asked := 0
	inner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		fmt.Fprintln(w, "secret.of.inner.example")
	}))
	defer inner.Close()
	innerPort := inner.URL[strings.LastIndex(inner.URL, ":"):]
	var server *httptest.Server
	answer := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/inner":
			http.Redirect(w, r, "http://localhost"+innerPort+"/metadata", http.StatusFound)
		case "/metadata":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusTemporaryRedirect)
		case "/clear":
			http.Redirect(w, r, "http://127.0.0.1"+innerPort+"/", http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/moved":
			http.Redirect(w, r, "/list", http.StatusMovedPermanently)
		case "/list":
			fmt.Fprintln(w, "a.example")
		case "/endless":
			for block := []byte(strings.Repeat("# "+strings.Repeat("x", 1000)+"\n", 100)); ; {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}
	}
	server = httptest.NewTLSServer(http.HandlerFunc(answer))
	defer server.Close()
	standard := http.DefaultTransport
	http.DefaultTransport = server.Client().Transport // which knows the test's CA
	defer func() { http.DefaultTransport = standard }()
	for path, want := range map[string]string{
		"/inner": "redirects to http://localhost", "/metadata": "redirects to http://169.254.169.254/", "/clear": "not encrypted",
		"/file": "redirects to file:", "/loop": "redirects more than 5 times", "/endless": "it has more than",
	} {
		u := URL{URL: server.URL + path}
		targets, wrong := listed(t.Context(), list{name: path, open: func(ctx context.Context) (io.Reader, func() error, error) {
			return u.get(ctx, "", func(string) string { return "" })
		}})
		if err := errors.Join(wrong...); err == nil || !strings.Contains(err.Error(), want) || len(targets) > 0 {
			t.Errorf("%s: %q %v, want %q", path, targets, err, want)
		}
	}
	u := URL{URL: server.URL + "/moved"}
	targets, wrong := listed(t.Context(), list{name: "moved", open: func(ctx context.Context) (io.Reader, func() error, error) {
		return u.get(ctx, "", func(string) string { return "" })
	}})
	if len(targets) != 1 || len(wrong) > 0 || asked > 0 {
		t.Errorf("moved: %q %v; others were asked %d times", targets, wrong, asked)
	}
}
