//go:build unix

package wholefile

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// maxLinks is how many links of a path are followed, as systems do.
const maxLinks = 40

// Planted reports whether a path leads over a symbolic link that somebody else has
// put into a folder where all may write, such as /tmp: with our rights it would have
// us replace a file of ours. Linux refuses to follow such links where
// fs.protected_symlinks is set, but only those that it follows itself, at the end of a
// path.
func Planted(path string) bool {
	if !filepath.IsAbs(path) {
		here, err := os.Getwd()
		if err != nil {
			return false
		}
		path = here + "/" + path
	}
	at, names, links := "/", strings.Split(path, "/"), 0
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		if name == ".." { // of what at is, which has no links
			at = filepath.Dir(at)
			continue
		}
		next := filepath.Join(at, name)
		info, err := os.Lstat(next)
		if err != nil {
			return false
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		links++
		if plantedIn(at, info) {
			return true
		}
		to, err := os.Readlink(next)
		if err != nil || links > maxLinks {
			return false
		}
		if filepath.IsAbs(to) {
			at = "/"
		}
		names = append(strings.Split(to, "/"), names...)
	}
	return false
}

// plantedIn reports whether a link is somebody else's, and its folder for all.
func plantedIn(dir string, link fs.FileInfo) bool {
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm()&0o002 == 0 {
		return false
	}
	of, known := link.Sys().(*syscall.Stat_t)
	folder, alsoKnown := info.Sys().(*syscall.Stat_t)
	return known && alsoKnown && int(of.Uid) != os.Geteuid() && of.Uid != folder.Uid
}
