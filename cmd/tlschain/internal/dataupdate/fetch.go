package dataupdate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/tlschain/tlschain/rules/catalog/build"
)

// A file is one of those that a feed is published in.
type file struct {
	url, name string
	max       int64 // bytes; several times what it has in 2026
}

const mega = 1 << 20

// files gives those of a feed under its home.
func (u *Updater) files(ctx context.Context, get *getter, f build.Feed, home, dir string) ([]file, error) {
	switch f.ID {
	case "ccadb":
		reports, err := build.Reports(home, u.Now().Year())
		var all []file
		for _, r := range reports {
			all = append(all, file{r.URL, r.Name, 64 * mega})
		}
		return all, err
	case "chrome":
		const certs, store = "root_store.certs", "root_store.textproto"
		return []file{{home + "/" + certs, certs, 4 * mega}, {home + "/" + store, store, mega}}, nil
	case "mozilla":
		return []file{{home + "/certdata.txt", "certdata.txt", 16 * mega}}, nil
	case "onecrl":
		return []file{{home + "/changeset?_expected=0", "onecrl.json", 16 * mega}}, nil
	case "preloads":
		return []file{{home + "/changeset?_expected=0", "intermediates.json", 32 * mega}}, nil
	}
	return debianPackage(ctx, get, home, dir)
}

// debianPackage finds the newest package of Debian 12 in the folder of them.
func debianPackage(ctx context.Context, get *getter, home, dir string) ([]file, error) {
	index := filepath.Join(dir, "index.html")
	if _, _, err := get.file(ctx, file{home + "/", "index.html", 4 * mega}, index, Validator{}); err != nil {
		return nil, err
	}
	page, err := os.ReadFile(index)
	if err != nil {
		return nil, err
	}
	defer os.Remove(index)
	var newest, name string
	for _, m := range debianName.FindAllStringSubmatch(string(page), -1) {
		n, err := strconv.Atoi(m[2])
		if key := fmt.Sprintf("%s %04d", m[1], n); err == nil && key > newest {
			newest, name = key, m[0]
		}
	}
	if name == "" {
		return nil, fmt.Errorf("%s/ lists no package of Debian 12 (ca-certificates_..~deb12u.._all.deb)", home)
	}
	return []file{{home + "/" + name, name, 8 * mega}}, nil
}

// debianName is the name of a package of Debian 12: the date of its list, and
// which edition of it for that Debian.
var debianName = regexp.MustCompile(`ca-certificates_(\d{8}(?:\.\d+)?)~deb12u(\d{1,4})_all\.deb`)

// fetch brings a feed into a folder. A result without files says that nothing
// has changed since known.
func (u *Updater) fetch(ctx context.Context, get *getter, f build.Feed, dir string, known Source) (Source, error) {
	home := f.Home
	if other := u.Homes[f.ID]; other != "" {
		home = other
	}
	if err := CheckHome(home); err != nil {
		return Source{}, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Source{}, err
	}
	all, err := u.files(ctx, get, f, strings.TrimRight(home, "/"), dir)
	if err != nil {
		return Source{}, err
	}
	now := Source{Files: make(map[string]Validator)}
	var same []file
	for _, x := range all {
		v, changed, err := get.file(ctx, x, filepath.Join(dir, x.name), known.Files[x.url])
		if err != nil {
			return Source{}, fmt.Errorf("%s: %w", x.url, err)
		}
		now.Files[x.url] = v
		if !changed {
			same = append(same, x)
		}
	}
	switch {
	case len(same) == len(all):
		return Source{}, nil
	case f.ID != "ccadb": // the files of all others are read together
		for _, x := range same {
			if now.Files[x.url], _, err = get.file(ctx, x, filepath.Join(dir, x.name), Validator{}); err != nil {
				return Source{}, fmt.Errorf("%s: %w", x.url, err)
			}
		}
	}
	return now, nil
}
