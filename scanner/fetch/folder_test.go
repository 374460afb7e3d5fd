package fetch

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestFolder(t *testing.T) {
	f := &Folder{Path: filepath.Join(t.TempDir(), "a", "b")}
	get := func(url string) string {
		body, ok := f.Get(t.Context(), Request{URL: url, Limit: 100})
		if !ok {
			return "-"
		}
		return string(body)
	}
	put := func(url, body string, until time.Duration) {
		if err := f.Put(url, []byte(body), time.Now().Add(until)); err != nil {
			t.Fatal(err)
		}
	}
	const url = "http://ca.example.test/a.crl"
	if got := get(url); got != "-" {
		t.Errorf("an empty folder gives %q", got)
	}
	put(url, "one\n{two", time.Hour)
	if got := get(url); got != "one\n{two" {
		t.Errorf("%q", got)
	}
	put(url, "", time.Hour)
	if got := get(url); got != "" {
		t.Errorf("%q", got)
	}
	put("early", "x", time.Hour)
	if err := os.Chtimes(f.file("early"), time.Time{}, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	put("past", "x", -time.Second)
	put("large", strings.Repeat("x", 101), time.Hour)
	for _, url := range []string{"early", "past", "large", "other", ""} {
		if got := get(url); got != "-" {
			t.Errorf("%s: %q", url, got)
		}
	}
	if err := f.Put("http://"+strings.Repeat("x", folderHead), nil, time.Now().Add(time.Hour)); err == nil {
		t.Error("a URL longer than a line is kept")
	}
	none := &Folder{}
	if err := none.Put(url, nil, time.Now().Add(time.Hour)); err != nil {
		t.Error(err)
	}
	if _, ok := none.Get(t.Context(), Request{URL: url, Limit: 100}); ok {
		t.Error("without a folder something is kept")
	}
	if err := (&Folder{Path: f.file(url)}).Put(url, nil, time.Now().Add(time.Hour)); err == nil {
		t.Error("a folder that is a file takes something")
	}
}

// What is out of date, damaged, cut off, of another URL, or no file is not there.
func TestFolderOfForeignFiles(t *testing.T) {
	f := &Folder{Path: t.TempDir()}
	const url = "http://ca.example.test/a.crl"
	if err := f.Put(url, []byte("good"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(f.file(url))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"empty": nil, "foreign": []byte("{}\n"), "no JSON": []byte("\x00\n\n"), "cut off": whole[:len(whole)-1],
		"damaged": bytes.Replace(whole, []byte("good"), []byte("evil"), 1), "of another URL": bytes.Replace(whole, []byte("a.crl"), []byte("b.crl"), 1),
		"out of date": bytes.Replace(whole, []byte(`"until":"20`), []byte(`"until":"19`), 1),
		"endless":     append(whole, make([]byte, 1<<20)...), "one line": bytes.Repeat([]byte("{"), 4000),
	} {
		if err := os.WriteFile(f.file(url), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if body, ok := f.Get(t.Context(), Request{URL: url, Limit: 100}); ok {
			t.Errorf("%s: %q", name, body)
		}
	}
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.WriteFile(elsewhere, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	os.Remove(f.file(url))
	if err := os.Symlink(elsewhere, f.file(url)); err != nil {
		t.Fatal(err)
	}
	if _, ok := f.Get(t.Context(), Request{URL: url, Limit: 100}); ok {
		t.Error("a link is followed")
	}
	if err := f.Put(url, []byte("again"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if now, _ := os.ReadFile(elsewhere); !bytes.Equal(now, whole) {
		t.Error("a link is written through")
	}
	if body, ok := f.Get(t.Context(), Request{URL: url, Limit: 100}); !ok || string(body) != "again" {
		t.Errorf("%q", body)
	}
}

// A folder holds so many files and bytes, and lets go of the oldest; what is not
// of ours stays.
func TestFolderIsBounded(t *testing.T) {
	f := &Folder{Path: t.TempDir(), Files: 5, Bytes: 10_000}
	foreign, dead := filepath.Join(f.Path, "notes.txt"), f.file("x")
	dead = filepath.Join(f.Path, "."+filepath.Base(dead)+".ABCDEFGH.tlschain") // left by a process that was killed
	for _, name := range []string{foreign, dead} {
		if err := os.WriteFile(name, make([]byte, 20_000), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put := func(i, size int) {
		url := fmt.Sprint("http://ca.example.test/", i)
		if err := f.Put(url, make([]byte, size), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(f.file(url), time.Time{}, time.Now().Add(time.Duration(i-100)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	kept := func() (list []int) {
		for i := range 20 {
			if _, ok := f.Get(t.Context(), Request{URL: fmt.Sprint("http://ca.example.test/", i), Limit: 10_000}); ok {
				list = append(list, i)
			}
		}
		return list
	}
	for i := range 8 {
		put(i, 10)
	}
	if got := fmt.Sprint(kept()); got != "[3 4 5 6 7]" {
		t.Errorf("of eight files are kept %s", got)
	}
	put(8, 9_000)
	put(8, 9_000) // in its own place
	if got := fmt.Sprint(kept()); got != "[4 5 6 7 8]" {
		t.Errorf("with a large one are kept %s", got)
	}
	put(9, 9_000)
	if got := fmt.Sprint(kept()); got != "[9]" {
		t.Errorf("with two large ones are kept %s", got)
	}
	for name, want := range map[string]bool{foreign: true, dead: false} {
		if _, err := os.Stat(name); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is read is whole, whoever writes at the time.
func TestFolderOfManyWriters(t *testing.T) {
	f := &Folder{Path: t.TempDir()}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 50 {
				if err := f.Put("u", bytes.Repeat([]byte{byte('a' + i)}, 1000+i), time.Now().Add(time.Hour)); err != nil {
					t.Error(err)
				}
				body, ok := f.Get(t.Context(), Request{URL: "u", Limit: 5000})
				if !ok || len(body) < 1000 || len(bytes.Trim(body, string(body[:1]))) > 0 || len(body) != 1000+int(body[0]-'a') {
					t.Errorf("%v, %d bytes", ok, len(body))
				}
			}
		})
	}
	all.Wait()
}
