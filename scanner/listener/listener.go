// Package listener finds out since when a server of this machine runs.
package listener

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ticks is how many of its ticks Linux tells programs to be a second.
const ticks = 100

// Began is when the youngest process began that listens on an address of this
// machine: with most servers, that of their start or last reload. Of servers
// that leave the reading of their files to another process, reader is its name,
// such as config; then it is this one's beginning, if a process that listens has
// begun it. ok is false where it cannot be known: on other systems than Linux,
// and of another user's processes.
func Began(address netip.AddrPort, reader string) (at time.Time, ok bool) {
	sockets := make(map[string]bool)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, _ := os.ReadFile(table)
		for _, inode := range listening(text, address) {
			sockets["socket:["+inode+"]"] = true
		}
	}
	boot, known := bootTime()
	if len(sockets) == 0 || !known {
		return at, false
	}
	folders, _ := filepath.Glob("/proc/[0-9]*/fd")
	var stats [][]byte
	pids := make(map[string]bool)
	for _, fd := range folders {
		if process := filepath.Dir(fd); holds(fd, sockets) {
			pids[filepath.Base(process)] = true
			stat, _ := os.ReadFile(filepath.Join(process, "stat"))
			stats = append(stats, stat)
		}
	}
	if reader != "" {
		stats = children(folders, pids, reader)
	}
	for _, stat := range stats {
		if after, found := startOf(stat); found {
			if began := boot.Add(after); !ok || began.After(at) {
				at, ok = began, true
			}
		}
	}
	return at, ok
}

// children are the stats of the processes of a name that others have begun.
func children(folders []string, parents map[string]bool, name string) (stats [][]byte) {
	for _, fd := range folders {
		stat, _ := os.ReadFile(filepath.Join(filepath.Dir(fd), "stat"))
		_, called, _ := bytes.Cut(stat, []byte("("))
		end := bytes.LastIndexByte(called, ')')
		if end < 0 || string(called[:end]) != name {
			continue
		}
		if fields := bytes.Fields(called[end+1:]); len(fields) > 1 && parents[string(fields[1])] {
			stats = append(stats, stat)
		}
	}
	return stats
}

// holds reports whether a process has one of the sockets open.
func holds(fd string, sockets map[string]bool) bool {
	entries, _ := os.ReadDir(fd)
	for _, e := range entries {
		if to, err := os.Readlink(filepath.Join(fd, e.Name())); err == nil && sockets[to] {
			return true
		}
	}
	return false
}

// listening are the inodes of the sockets in a table of the kernel's that listen
// on an address, or on all.
func listening(table []byte, address netip.AddrPort) (inodes []string) {
	for line := range strings.Lines(string(table)) {
		fields := strings.Fields(line)
		if len(fields) < 10 || fields[3] != "0A" {
			continue
		}
		host, port, _ := strings.Cut(fields[1], ":")
		if n, err := strconv.ParseUint(port, 16, 16); err != nil || uint16(n) != address.Port() {
			continue
		}
		if addr, ok := kernelAddress(host); ok && (addr.IsUnspecified() || addr == address.Addr().Unmap()) {
			inodes = append(inodes, fields[9])
		}
	}
	return inodes
}

// kernelAddress reads an address as the kernel prints it: words of four bytes, in
// the order of this machine.
func kernelAddress(text string) (netip.Addr, bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b)%4 != 0 {
		return netip.Addr{}, false
	}
	for i := 0; i < len(b); i += 4 {
		binary.NativeEndian.PutUint32(b[i:], binary.BigEndian.Uint32(b[i:]))
	}
	addr, ok := netip.AddrFromSlice(b)
	return addr.Unmap(), ok
}

// startOf is how long after the machine a process began, by its stat. Its name
// is in brackets and may hold anything.
func startOf(stat []byte) (time.Duration, bool) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(fields[19]), 10, 64)
	return time.Duration(n) * time.Second / ticks, err == nil
}

func bootTime() (time.Time, bool) {
	text, _ := os.ReadFile("/proc/stat")
	for line := range strings.Lines(string(text)) {
		if at, ok := strings.CutPrefix(line, "btime "); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(at), 10, 64)
			return time.Unix(n, 0).UTC(), err == nil
		}
	}
	return time.Time{}, false
}
