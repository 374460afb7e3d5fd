//go:build unix

package tlschain

import "syscall"

// NoCoreFiles keeps the system from writing the memory of this process, which may
// hold keys and passwords, into a file when it dies. Programs that it starts begin with
// the same limit, and may raise it.
func NoCoreFiles() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		return err
	}
	limit.Cur = 0
	return syscall.Setrlimit(syscall.RLIMIT_CORE, &limit)
}
