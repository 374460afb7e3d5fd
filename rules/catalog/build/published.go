package build

import (
	"io/fs"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
)

// Published makes the facts that come with the program, of the directory that
// they are kept in, and tells which certificates were left out.
func Published(fsys fs.FS) (f *catalog.Facts, skipped []string, err error) {
	b := New(nil, func(path string) catalog.Source {
		switch {
		case strings.HasPrefix(path, "ccadb/"):
			return CCADBSource("2026-08")
		case strings.HasPrefix(path, "sureserver/"):
			return catalog.Source{Name: "Cybertrust Japan hierarchy", Terms: "published CA certificates"}
		}
		return catalog.Source{Name: "vendors' trust stores", Terms: "published CA certificates"}
	})
	b.StoreFrom = func(client, version string) string {
		switch {
		case client == "android" && strings.Compare(version, "5") < 0 && !strings.HasPrefix(version, "1"):
			return "cfssl_trust (BSD-2-Clause)" // Android 2.2 to 4.4
		case client == "android":
			return "trust stores observatory (MIT) and AOSP's history"
		}
		return "trust stores observatory (MIT)"
	}
	if err := b.Dir(fsys); err != nil {
		return nil, nil, err
	}
	// The date of the newest part of the data.
	f, err = b.Facts(time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC))
	return f, b.Skipped, err
}
