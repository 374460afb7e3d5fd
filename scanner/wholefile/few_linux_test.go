package wholefile

import (
	"os"
	"syscall"
	"testing"
	"time"
)

// A process without descriptors is told so. It made folders without end before,
// because it could lock none.
func TestTempFolderWithoutDescriptors(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	none := before
	none.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, _, err := TempFolder("data")
		ended <- err
	}()
	var err error
	select {
	case err = <-ended:
	case <-time.After(time.Minute):
		t.Error("it goes on and on")
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	if err == nil {
		t.Error("no error")
	}
	if entries, err := os.ReadDir(tmp); err != nil || len(entries) > 0 {
		t.Errorf("%d folders are left, %v", len(entries), err)
	}
}
