//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A link that another user has planted where all may write leads no report, no
// fix, no chain and no journal to another file of ours.
func TestPlantedLinks(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to make links of another user's")
	}
	p := newPatient(t, "present L")
	home, chain := p.dir, p.file
	fix := "fix CHAIN --server nginx --at 2026-11-22 --clients go --roots " + p.roots + " --pool " + p.pool + " -d "
	made := filepath.Join(home, "made")
	if out, err := exec.Command(builtBinary(t), strings.Fields(strings.ReplaceAll(fix, "CHAIN", chain)+made)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	type attempt struct{ args, link string }
	attempts := map[string]attempt{
		"-o":       {"check --format csv CHAIN -o SHARED/report.csv", "report.csv"},
		"--resume": {"scan --timeout 1s 127.0.0.1:1 --resume SHARED/journal", "journal"},
	}
	for _, name := range visible(t, made) {
		attempts["fix, "+name] = attempt{fix + "SHARED", name}
	}
	if len(attempts) < 3 {
		t.Fatal("fix writes nothing")
	}
	for what, c := range attempts {
		shared := filepath.Join(t.TempDir(), "tmp")
		if err := os.Mkdir(shared, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(shared, 0o777|os.ModeSticky); err != nil {
			t.Fatal(err)
		}
		mine := write(t, home, "mine", []byte("mine"))
		if what == "--resume" {
			os.Truncate(mine, 0) // what is empty could become a journal
		}
		before := string(read(t, mine))
		link := filepath.Join(shared, c.link)
		if err := os.Symlink(mine, link); err != nil {
			t.Fatal(err)
		}
		if err := os.Lchown(link, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		args := strings.Fields(strings.NewReplacer("CHAIN", chain, "SHARED", shared).Replace(c.args))
		out, _ := exec.Command(builtBinary(t), args...).CombinedOutput()
		if text := read(t, mine); string(text) != before {
			t.Errorf("%s: the file that the link leads to was written over\n%s", what, out)
		}
		if !strings.HasPrefix(what, "fix") && !strings.Contains(string(out), "another user") {
			t.Errorf("%s: %s", what, out)
		}
	}
	// Nor does one that is a folder, or that a link of one's own leads to.
	shared := filepath.Join(t.TempDir(), "tmp")
	inner := filepath.Join(home, "inner")
	for dir, mode := range map[string]os.FileMode{shared: 0o777 | os.ModeSticky, inner: 0o755} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
	}
	link, own := filepath.Join(shared, "link"), filepath.Join(home, "own")
	for from, to := range map[string]string{link: inner, own: link} {
		if err := os.Symlink(to, from); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Lchown(link, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{link, own, filepath.Join(link, "below"), home + "/inner/../own"} {
		for what, args := range map[string]string{
			"fix -d": fix + dir, "-o": "check --format csv CHAIN -o " + dir + "/report.csv", "--resume": "scan --timeout 1s 127.0.0.1:1 --resume " + dir + "/journal",
			"--save": "scan --timeout 1s 127.0.0.1:1 --save " + dir, "man": "man " + dir,
		} {
			out, _ := exec.Command(builtBinary(t), strings.Fields(strings.ReplaceAll(args, "CHAIN", chain))...).CombinedOutput()
			if there := visible(t, inner); len(there) > 0 || !strings.Contains(string(out), "another user") {
				t.Errorf("%s, %s: %q is written through the link\n%s", what, dir, there, out)
			}
			for _, name := range visible(t, inner) {
				os.RemoveAll(filepath.Join(inner, name))
			}
		}
	}
	// One's own link leads where it leads.
	mine := write(t, home, "mine", []byte("mine"))
	if err := os.Symlink(mine, filepath.Join(home, "link.csv")); err != nil {
		t.Fatal(err)
	}
	exec.Command(builtBinary(t), "check", "--format", "csv", chain, "-o", filepath.Join(home, "link.csv")).Run()
	if text := read(t, mine); !strings.Contains(string(text), filepath.Base(chain)) {
		t.Errorf("through one's own link: %.200q", text)
	}
}

// A file that holds a key is made for its owner alone, and nothing changes that
// later, whatever the umask is: at no moment can others read it.
func TestKeysAreNeverWide(t *testing.T) {
	p := newPatient(t, "present L")
	for _, umask := range []string{"000", "077"} {
		dir := filepath.Join(p.dir, "umask"+umask)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		seen := watched(t, dir)
		args := []string{"-c", `umask "$1"; shift; exec "$@"`, "sh", umask, builtBinary(t), "fix", "-d", dir, "--at", "2026-11-22", "--clients", "go", "--roots",
			p.roots, "--pool", p.pool, "--key", p.key, "--password-file", p.word, "--pfx", "--server", "haproxy", p.file}
		if out, err := exec.Command("sh", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		events := seen()
		if changed := events[unix.IN_ATTRIB]; len(changed) > 0 {
			t.Errorf("umask %s: the mode of %q was changed after it was made", umask, changed)
		}
		keys := 0
		for _, name := range visible(t, dir) {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			content := string(read(t, filepath.Join(dir, name)))
			if !strings.Contains(content, "PRIVATE KEY-----") && !strings.HasSuffix(name, ".pfx") {
				continue
			}
			keys++
			if info.Mode().Perm() != 0o600 {
				t.Errorf("umask %s: %s has mode %v", umask, name, info.Mode())
			}
			// It came into its place by a rename of a file that was made with this mode.
			if !slices.Contains(events[unix.IN_MOVED_TO], name) || slices.Contains(events[unix.IN_CREATE], name) {
				t.Errorf("umask %s: %s was not made beside its place: %v", umask, name, events)
			}
		}
		if keys < 2 {
			t.Errorf("umask %s: %d files with keys, and a PEM and a PFX file are meant", umask, keys)
		}
	}
}

// watched watches a folder, and gives what happened to which files in it.
func watched(t *testing.T, dir string) func() map[uint32][]string {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		t.Skip("this system does not tell of changes:", err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if _, err := unix.InotifyAddWatch(fd, dir, unix.IN_CREATE|unix.IN_ATTRIB|unix.IN_MOVED_TO); err != nil {
		t.Fatal(err)
	}
	return func() map[uint32][]string {
		events := map[uint32][]string{}
		buffer := make([]byte, 1<<16)
		for {
			n, err := unix.Read(fd, buffer)
			if err == syscall.EAGAIN {
				return events
			}
			if err != nil {
				t.Fatal(err)
			}
			for at := 0; at < n; {
				e := (*unix.InotifyEvent)(unsafe.Pointer(&buffer[at]))
				name := buffer[at+unix.SizeofInotifyEvent : at+unix.SizeofInotifyEvent+int(e.Len)]
				events[e.Mask] = append(events[e.Mask], strings.TrimRight(string(name), "\x00"))
				at += unix.SizeofInotifyEvent + int(e.Len)
			}
		}
	}
}
