package heap

import (
	"os"
	"os/exec"
	"runtime/debug"
	"testing"
)

// TestBound holds, in a process of its own, that a small heap is collected, but
// seldom, and that one beyond the bound is not collected all the time.
func TestBound(t *testing.T) {
	if os.Getenv("HEAP_BOUND") != "" {
		bounded(t)
		return
	}
	for _, env := range []string{"", "GOGC=50", "GOMEMLIMIT=1GiB"} {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestBound$")
		cmd.Env = append(os.Environ(), "HEAP_BOUND=yes")
		if env != "" {
			cmd.Env = append(cmd.Env, env)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", env, err, out)
		}
	}
}

var kept [][]byte

func bounded(t *testing.T) {
	Bound()
	set := debug.SetGCPercent(100)
	debug.SetGCPercent(set)
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		if set > 100 {
			t.Errorf("%d%%: what the environment says is lost", set)
		}
		return
	}
	collections := churn(400)
	if most := 400<<20/(Size-least) + 1; collections == 0 || collections > most {
		t.Errorf("little in use: %d collections, want 1 to %d", collections, most)
	}
	for range 3 * Size >> 20 {
		kept = append(kept, make([]byte, 1<<20))
	}
	collections = churn(1000)
	if most := 1000<<20/Size + 2; collections > most {
		t.Errorf("much in use: %d collections, want no more than %d", collections, most)
	}
	kept = nil
	if collections = churn(400); collections < 400<<20/(3*Size) {
		t.Errorf("little in use again: %d collections", collections)
	}
}

var sink []byte

// churn leaves so many megabytes of garbage behind, and gives how many collections
// that took.
func churn(megabytes int) int {
	before := count()
	for range megabytes << 8 {
		sink = make([]byte, 4<<10)
	}
	return count() - before
}

func count() int {
	var s debug.GCStats
	debug.ReadGCStats(&s)
	return int(s.NumGC)
}
