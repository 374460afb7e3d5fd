//go:build unix

package wholefile

import (
	"os"
	"path/filepath"
	"syscall"
)

// Planted reports whether a path is a symbolic link that somebody else has put
// into a folder where all may write, such as /tmp: with our rights it would have
// us replace a file of ours. Linux refuses to follow such links where
// fs.protected_symlinks is set, but only those that it follows itself.
func Planted(path string) bool {
	link, err := os.Lstat(path)
	if err != nil || link.Mode()&os.ModeSymlink == 0 {
		return false
	}
	dir, err := os.Stat(filepath.Dir(path))
	if err != nil || dir.Mode().Perm()&0o002 == 0 {
		return false
	}
	of, known := link.Sys().(*syscall.Stat_t)
	folder, alsoKnown := dir.Sys().(*syscall.Stat_t)
	return known && alsoKnown && int(of.Uid) != os.Geteuid() && of.Uid != folder.Uid
}
