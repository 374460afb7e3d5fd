//go:build !unix

package wholefile

import "os"

// hold does nothing: here, a file that is open cannot be removed.
func hold(*os.File) (lock *os.File, ours bool) { return nil, true }

// removeDead removes a file that nobody has open.
func removeDead(path string) { _ = os.Remove(path) }

// holdFolder does nothing: here, nobody can tell whose folders were left.
func holdFolder(string) (lock *os.File, err error) { return nil, nil }

func holdDead(string) (lock *os.File, left bool) { return nil, false }
