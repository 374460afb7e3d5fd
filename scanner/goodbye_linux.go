package scanner

import (
	"errors"
	"net"

	"golang.org/x/sys/unix"
)

// writeLast writes what comes before the end of our side of a connection. TCP keeps
// it back for the end, which must follow at once (MSG_MORE), so that both are one
// segment.
func writeLast(conn net.Conn, b []byte) error {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		_, err := conn.Write(b)
		return err
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return err
	}
	var n int
	var failed error
	err = raw.Write(func(fd uintptr) bool {
		for failed = unix.EINTR; failed == unix.EINTR; {
			n, failed = unix.SendmsgN(int(fd), b, nil, nil, unix.MSG_MORE|unix.MSG_NOSIGNAL)
		}
		return failed != unix.EAGAIN
	})
	if err = errors.Join(err, failed); err == nil && n < len(b) {
		_, err = tcp.Write(b[n:])
	}
	return err
}
