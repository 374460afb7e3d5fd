//go:build linux

package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Each writer says that the disk is full, or lets nobody write, ends with 2, and
// leaves what was there as it was and nothing half beside it.
func TestWritersOnFullAndReadOnlyDisks(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can mount the small file system that this fills")
	}
	p := newPatient(t, "present L")
	list := killList(t, 40)
	scan := []string{"scan", "-f", list, "--fail-on", "never"}
	fix := []string{"fix", "--at", "2026-11-22", "--clients", "go,openssl-3.0", "--roots", p.roots, "--pool", p.pool, p.file}
	writers := []struct {
		option, place string
		args          []string
	}{
		{"-o", "old", append([]string{"--format", "ndjson"}, scan[1:]...)},
		{"-o", "new.json.gz", append([]string{"--format", "json"}, scan[1:]...)},
		{"--resume", "journal", scan[1:]},
		{"--save", "chains", scan[1:]},
		{"-d", "fixed", fix[1:]},
	}
	for _, disk := range []struct {
		name, says string
		flags      uintptr
		spoil      func(dir string)
	}{
		{"full", "no space left on device", 0, fill},
		{"read-only", "read-only file system", syscall.MS_REMOUNT | syscall.MS_RDONLY, func(string) {}},
	} {
		t.Run(disk.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=32k"); err != nil {
				t.Skipf("this machine lets nobody mount a file system: %v", err)
			}
			t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
			write(t, dir, "old", []byte("what was there\n"))
			for _, folder := range []string{"chains", "fixed"} {
				if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			disk.spoil(dir)
			if disk.flags != 0 {
				if err := syscall.Mount("tmpfs", dir, "tmpfs", disk.flags, ""); err != nil {
					t.Fatal(err)
				}
			}
			for _, w := range writers {
				command := "scan"
				if w.option == "-d" {
					command = "fix"
				}
				cmd := exec.Command(builtBinary(t), append([]string{command, w.option, filepath.Join(dir, w.place)}, w.args...)...)
				out, _ := cmd.CombinedOutput()
				if code := cmd.ProcessState.ExitCode(); code != exitUsage || !strings.Contains(string(out), disk.says) {
					t.Errorf("%s: exit %d, and %q is meant: %.1000s", w.option, code, disk.says, out)
				}
			}
			if got := read(t, filepath.Join(dir, "old")); string(got) != "what was there\n" {
				t.Errorf("the old file is now %q", got)
			}
			filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
				if name := filepath.Base(path); path != dir && !d.IsDir() && name != "old" && name != "fill" && name != "journal" {
					t.Errorf("%s was left", path)
				}
				return err
			})
		})
	}
}

// fill leaves no room on a disk.
func fill(dir string) {
	file, err := os.Create(filepath.Join(dir, "fill"))
	for err == nil {
		_, err = file.Write(make([]byte, 1024))
	}
	file.Close()
}

// Newer facts that find no room, or may not be written, leave those that are
// there whole and in use, and say what to do.
func TestFactsOnFullAndReadOnlyDisks(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can mount the small file system that this fills")
	}
	h := newDataHome(t)
	if err := syscall.Mount("tmpfs", h.dir, "tmpfs", 0, "size=32m"); err != nil {
		t.Skipf("this machine lets nobody mount a file system: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(h.dir, syscall.MNT_DETACH) })
	if code, stdout, stderr := h.run(t, "data", "update", "--source", h.source()); code != 0 {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	before := h.files(t)
	h.chromeWithout(1)
	refused := func(says string) {
		t.Helper()
		code, stdout, stderr := h.run(t, "data", "update", "--source", h.source())
		if code != exitUsage || !strings.Contains(stderr, says) || !strings.Contains(stderr, "hint:") || !strings.Contains(stderr, "XDG_CACHE_HOME") {
			t.Errorf("exit %d, and %q is meant\n%s%s", code, says, stdout, stderr)
		}
		if after := h.files(t); !maps.Equal(after, before) {
			t.Errorf("the facts are others, or something is left: %d files, there were %d", len(after), len(before))
		}
		if code, stdout, stderr := h.run(t, "data", "info"); code != 0 || stderr != "" {
			t.Errorf("the facts are in use no more: exit %d\n%s%s", code, stdout, stderr)
		}
	}
	fill(h.dir)
	refused("no space left on device")
	os.Remove(filepath.Join(h.dir, "fill"))
	if err := syscall.Mount("tmpfs", h.dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	refused("read-only file system")
	if err := syscall.Mount("tmpfs", h.dir, "tmpfs", syscall.MS_REMOUNT, ""); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := h.run(t, "data", "update", "--source", h.source()); code != 0 || h.anchors(t) != 115-1 {
		t.Errorf("with room: exit %d\n%s%s", code, stdout, stderr)
	}
}
