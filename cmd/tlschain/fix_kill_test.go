package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Killed at any moment, fix leaves each file as it was, as it is to be, or not
// there: never a half one.
func TestFixKilledLeavesNoHalfFile(t *testing.T) {
	p := newPatient(t, "present L")
	args := []string{"--at", "2026-11-22", "--clients", "go,openssl-3.0", "--roots", p.roots, "--pool", p.pool, "--key", p.key, "--password-file", p.word, "--server", "iis"}
	whole := filepath.Join(p.dir, "whole")
	if out, err := exec.Command(builtBinary(t), append(append([]string{"fix", "-d", whole}, args...), p.file)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	finished := len(visible(t, whole))
	early := 0
	for round := 0; round <= 3*finished; round++ {
		dir := filepath.Join(p.dir, "killed", string(rune('a'+round)))
		cmd := exec.Command(builtBinary(t), append(append([]string{"fix", "-d", dir}, args...), p.file)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { cmd.Wait(); close(ended) }()
		// Each round waits for one more sign of life before it kills: a file, or
		// the beginning of one.
		for alive := true; alive; {
			select {
			case <-ended:
				alive = false
			default:
				entries, _ := os.ReadDir(dir)
				alive = len(entries) < round/3
			}
		}
		cmd.Process.Kill()
		<-ended
		files := visible(t, dir)
		if len(files) < finished {
			early++
		}
		for _, name := range files {
			got, want := read(t, filepath.Join(dir, name)), read(t, filepath.Join(whole, name))
			if strings.HasSuffix(name, ".pfx") { // made with a fresh salt each time
				got, want = got[:0], want[:0]
				if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() < 1000 {
					t.Errorf("%s is half: %v", name, err)
				}
			}
			if !bytes.Equal(got, want) {
				t.Errorf("round %d: %s has %d bytes, not %d", round, name, len(got), len(want))
			}
		}
	}
	if early == 0 {
		t.Error("it was never killed before it was done, so nothing was tried")
	}
}

// visible gives the files of a folder that may not even be there.
func visible(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}
