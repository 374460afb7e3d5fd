//go:build unix

package scanner

import "syscall"

// Descriptors tells how many files and connections the system lets this
// process have open; false where it does not tell. Go's runtime has raised the
// soft limit to the hard one already (package os, since Go 1.19).
func Descriptors() (limit int, ok bool) {
	var r syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r) != nil || r.Cur > 1<<30 {
		return 0, false
	}
	return int(r.Cur), true
}
