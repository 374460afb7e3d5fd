package build

import (
	"path"
	"slices"
	"strings"
)

// A Feed is a source of facts that is refreshed by itself: taken as a whole or
// not at all, whatever becomes of the others.
type Feed struct {
	ID    string // as people type it
	Title string
	Home  string // where its publisher has it; empty: it is only ever given as files
	owns  func(name string) bool
}

// Feeds are all of them, in the order in which they are taken: certificates come
// before the lists that refer to them.
func Feeds() []Feed {
	named := func(names ...string) func(string) bool {
		return func(name string) bool { return slices.Contains(names, path.Base(name)) }
	}
	chrome, debian := named("root_store.textproto", "root_store.certs", "chrome-root-store.tsv"), named("debian-ca-certificates.tsv")
	ending := func(name string, ends ...string) bool { return slices.Contains(ends, strings.ToLower(path.Ext(name))) }
	return []Feed{
		{ID: "certificates", Title: "certificates of your own", owns: func(name string) bool { return ending(name, ".pem", ".crt", ".cer") }},
		{ID: "ccadb", Title: "CA certificates of the Common CA Database", Home: CCADBHome,
			owns: func(name string) bool { return ending(name, ".csv") }},
		{ID: "chrome", Title: "Chrome's root store",
			Home: "https://raw.githubusercontent.com/chromium/chromium/main/net/data/ssl/chrome_root_store", owns: chrome},
		{ID: "mozilla", Title: "Mozilla's root store (NSS, certdata.txt)",
			Home: "https://raw.githubusercontent.com/mozilla-firefox/firefox/release/security/nss/lib/ckfw/builtins",
			owns: named("certdata.txt", "mozilla-root-store.tsv")},
		{ID: "debian", Title: "Debian's package ca-certificates", Home: "https://deb.debian.org/debian/pool/main/c/ca-certificates",
			owns: func(name string) bool { return ending(name, ".deb") || debian(name) }},
		{ID: "onecrl", Title: "Mozilla's OneCRL",
			Home: "https://firefox.settings.services.mozilla.com/v1/buckets/security-state/collections/onecrl",
			owns: named("onecrl.json", "mozilla-onecrl.tsv")},
		{ID: "preloads", Title: "intermediates that Firefox fetches ahead",
			Home: "https://firefox.settings.services.mozilla.com/v1/buckets/security-state/collections/intermediates",
			owns: named("intermediates.json", "firefox-preloaded-intermediates.tsv")},
		{ID: "lists", Title: "lists of your own", owns: named("stores.tsv", "anchor-constraints.tsv", "revoked-keys.tsv")},
	}
}

// Has reports whether a file of this name belongs to the feed.
func (f Feed) Has(name string) bool { return f.owns(name) && new(builder).reader(name) != nil }

// storeClient tells whose trust store a file of one store is.
func storeClient(name string) string {
	switch base := path.Base(name); {
	case strings.HasPrefix(base, "chrome"), strings.HasPrefix(base, "root_store"):
		return "chrome"
	case strings.HasPrefix(base, "mozilla"), base == "certdata.txt":
		return "mozilla"
	}
	return "debian"
}
