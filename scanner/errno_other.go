//go:build !windows

package scanner

import "syscall"

// posix gives an error of Windows the name that it has elsewhere.
func posix(number syscall.Errno) syscall.Errno { return number }
