package scanner

import "syscall"

// posix gives an error of Winsock the name that it has elsewhere; package
// syscall has made up numbers for those names that no system call returns.
func posix(number syscall.Errno) syscall.Errno {
	switch number {
	case 10061:
		return syscall.ECONNREFUSED
	case 10053, 10054:
		return syscall.ECONNRESET
	case 10060:
		return syscall.ETIMEDOUT
	case 10051:
		return syscall.ENETUNREACH
	case 10065:
		return syscall.EHOSTUNREACH
	case 10024:
		return syscall.EMFILE
	case 10055:
		return syscall.ENOBUFS
	case 10048:
		return syscall.EADDRINUSE
	case 10049:
		return syscall.EADDRNOTAVAIL
	case 10013:
		return syscall.EACCES
	}
	return number
}
