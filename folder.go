package tlschain

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
)

// The bounds of a folder that is walked: a link to the whole file system, and
// files that are nothing but holes, must end too.
const (
	maxFolderEntries = 200_000
	maxFolderBytes   = 2 << 30
)

// certificateFiles are the endings of files that are looked at in a folder. What
// is in them is told by their content.
var certificateFiles = []string{
	".pem", ".crt", ".cer", ".cert", ".der", ".p12", ".pfx", ".jks", ".keystore", ".p7b", ".p7c", ".json", ".yaml", ".yml",
}

// A Found is a file of a folder that holds a server's certificate, or that may
// and cannot be read.
type Found struct {
	File  string
	Chain []Presented
	Err   error
}

// FolderCount is what was found in a folder.
type FolderCount struct {
	Files   int // that were looked at
	Chains  int // of them, with a server's certificate
	Parts   int // with a leaf that another file in the same folder has with its issuers
	Others  int // with CA certificates, keys or something else
	Failed  int // that cannot be read
	ByName  int // left out, since their names are not those of certificate files
	Special int // neither file nor folder: pipes, sockets, devices
}

func (c FolderCount) String() string {
	text := fmt.Sprintf("%d files, %d with a server's certificate", c.Files, c.Chains)
	for _, part := range []struct {
		n    int
		what string
	}{
		{c.Parts, "%d with a leaf that another file has with its issuers"}, {c.Others, "%d with CA certificates, keys or something else"},
		{c.Failed, "%d that cannot be read"}, {c.ByName, "%d left out by their names"}, {c.Special, "%d pipes, sockets or devices left out"},
	} {
		if part.n > 0 {
			text += ", " + fmt.Sprintf(part.what, part.n)
		}
	}
	return text
}

// ReadFolder reads the files of a folder and of those within it, in the order of
// their names, each once however many links lead to it. A private key in the
// same folder that is called as the certificate must belong to it. count is
// whole when the walk has ended.
func (e *Engine) ReadFolder(ctx context.Context, f File, count *FolderCount) iter.Seq[Found] {
	return func(yield func(Found) bool) {
		w := &folderWalk{ctx: ctx, engine: e, file: f, count: count, seen: make(map[string]bool), yield: yield}
		w.folder(f.Name)
	}
}

type folderWalk struct {
	ctx     context.Context
	engine  *Engine
	file    File
	count   *FolderCount
	seen    map[string]bool // files and folders, by their real path
	entries int
	bytes   int64
	yield   func(Found) bool
	ended   bool
}

func (w *folderWalk) fail(file string, err error) {
	w.count.Failed++
	w.ended = w.ended || !w.yield(Found{File: file, Err: err})
}

// folder reads one folder: its files, then its folders.
func (w *folderWalk) folder(dir string) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		w.fail(dir, withoutPath(err))
		return
	}
	if w.seen[real] || w.ended {
		return
	}
	w.seen[real] = true
	entries, err := os.ReadDir(dir)
	if err != nil {
		w.fail(dir, withoutPath(err))
		return
	}
	files, folders := w.sorted(dir, real, entries)
	if w.ended {
		return
	}
	kept := w.index(dir, files)
	for _, name := range kept.files {
		if w.ended = w.ended || w.ctx.Err() != nil; w.ended {
			return
		}
		w.read(filepath.Join(dir, name), kept)
	}
	for _, name := range folders {
		if w.ended {
			return
		}
		w.folder(filepath.Join(dir, name))
	}
}

// sorted tells files from folders. What a kubelet keeps behind names with two
// dots is reached by the links that are meant to be used, and so is what certbot
// keeps in archive.
func (w *folderWalk) sorted(dir, real string, entries []fs.DirEntry) (files, folders []string) {
	live := slices.ContainsFunc(entries, func(d fs.DirEntry) bool { return d.Name() == "live" })
	for _, d := range entries {
		if w.entries++; w.entries > maxFolderEntries {
			w.fail(dir, fmt.Errorf("there are more than %d entries in the folder that was named: name folders within it", maxFolderEntries))
			w.ended = true
			return nil, nil
		}
		name, path := d.Name(), filepath.Join(real, d.Name())
		if strings.HasPrefix(name, "..") || live && name == "archive" {
			continue
		}
		mode := d.Type()
		if mode&fs.ModeSymlink != 0 {
			info, err := os.Stat(path)
			if err != nil {
				if isCertificateFile(name) {
					w.fail(filepath.Join(dir, name), fmt.Errorf("the link leads nowhere: %w", withoutPath(err)))
				}
				continue
			}
			if path, err = filepath.EvalSymlinks(path); err != nil {
				continue
			}
			mode = info.Mode()
		}
		switch {
		case mode.IsDir():
			folders = append(folders, name)
		case !mode.IsRegular():
			w.count.Special++
		case filepath.Ext(name) == ".key":
			files = append(files, name)
		case !isCertificateFile(name):
			w.count.ByName++
		case !w.seen[path]:
			w.seen[path] = true
			files = append(files, name)
		}
	}
	return files, folders
}

func isCertificateFile(name string) bool {
	return slices.Contains(certificateFiles, strings.ToLower(filepath.Ext(name)))
}

// open reads a file of a folder within the bounds.
func (w *folderWalk) open(path string) ([]byte, error) {
	data, err := w.engine.env.readRegular(path)
	if err == nil && len(data) == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, err
	}
	if w.bytes += int64(len(data)); w.bytes > maxFolderBytes {
		w.ended = true
		return nil, fmt.Errorf("more than %d GiB were read of the folder that was named: name folders within it", maxFolderBytes>>30)
	}
	return data, nil
}

// read hands on the chains of one file.
func (w *folderWalk) read(path string, in *folderIndex) {
	w.count.Files++
	data, err := w.open(path)
	if err != nil {
		w.fail(path, err)
		return
	}
	f := w.file
	f.Name = path
	if f.Key == (cert.Hash{}) {
		f.Key, f.keyFound = in.keyOf(filepath.Base(path)), true
	}
	found := Found{File: path}
	found.Chain, found.Err = w.engine.read(f, data)
	switch {
	case found.Err != nil && len(found.Chain) == 0 && isOther(path, data, found.Err):
		w.count.Others++
		return
	case len(found.Chain) == 1 && in.isPart(found.Chain[0]):
		w.count.Parts++
		return
	case found.Err != nil:
		w.count.Failed++
	}
	if len(found.Chain) > 0 {
		w.count.Chains++
	}
	w.ended = w.ended || !w.yield(found)
}

// isOther reports whether a file is whole and has no server's certificate, or
// is a document of some other program.
func isOther(path string, data []byte, err error) bool {
	for _, e := range []error{certfile.ErrNoLeaf, certfile.ErrNoKey, certfile.ErrNoCertificate} {
		if errors.Is(err, e) {
			return true
		}
	}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".json", ".yaml", ".yml":
		return !strings.Contains(string(data), "BEGIN CERT") && !strings.Contains(string(data), "LS0tLS1CRUdJTiBDRVJU")
	}
	return false
}

// A folderIndex is what the files of one folder tell about each other. It holds
// no certificate and no key: a folder may have tens of thousands.
type folderIndex struct {
	files  []string
	folder string
	keys   map[string]cert.Hash // of private keys alone in a file, by its name
	whole  map[cert.Hash]bool   // leaves that some file has with more behind it
}

func (w *folderWalk) index(dir string, names []string) *folderIndex {
	in := &folderIndex{folder: filepath.Base(dir), keys: make(map[string]cert.Hash), whole: make(map[cert.Hash]bool)}
	newest := newestRound(names)
	for _, name := range names {
		if w.ended || w.ctx.Err() != nil {
			return in
		}
		if !newest[name] {
			w.count.Parts++
			continue
		}
		ext := strings.ToLower(filepath.Ext(name))
		if ext != ".key" {
			in.files = append(in.files, name)
		}
		if ext != ".key" && ext != ".pem" && ext != ".crt" && ext != ".cer" {
			continue
		}
		data, err := w.open(filepath.Join(dir, name))
		if err != nil {
			continue // told when it is read
		}
		if chains, err := certfile.Read(data, w.file.Passwords...); err == nil {
			for _, c := range chains {
				if len(c.Certs) > 1 {
					in.whole[sha256.Sum256(c.Certs[0])] = true
				}
			}
		} else if hash, err := certfile.PublicKey(data); err == nil {
			in.keys[name] = hash
		}
	}
	return in
}

// isPart reports whether a chain is a leaf alone that another file of the folder
// has with its issuers: certbot, lego and acme.sh write both.
func (in *folderIndex) isPart(p Presented) bool {
	return len(p.Entries) == 1 && in.whole[p.Entries[0].SHA256]
}

// keyOf is the private key that a file's name says is its own.
func (in *folderIndex) keyOf(name string) cert.Hash {
	base := strings.TrimSuffix(name, filepath.Ext(name))
	names := []string{base + ".key", base + "-key.pem", base + ".key.pem"}
	switch {
	case strings.HasPrefix(base, "fullchain"): // certbot's number is behind it
		names = append(names, "privkey"+strings.TrimPrefix(base, "fullchain")+".pem", "privkey.pem",
			strings.TrimSuffix(in.folder, "_ecc")+".key") // acme.sh
	case base == "cert":
		names = append(names, "key.pem", "privkey.pem")
	}
	for _, n := range names {
		if hash, ok := in.keys[n]; ok {
			return hash
		}
	}
	return cert.Hash{}
}

// newestRound leaves out what certbot keeps of earlier renewals: of fullchain1.pem
// and fullchain2.pem beside their keys, the last is in use.
func newestRound(names []string) map[string]bool {
	round := make(map[string]int)
	last := 0
	for _, name := range names {
		for _, kind := range []string{"cert", "chain", "fullchain", "privkey"} {
			n := 0
			if _, err := fmt.Sscanf(name, kind+"%d.pem", &n); err == nil && name == fmt.Sprintf("%s%d.pem", kind, n) {
				round[name], last = n, max(last, n)
			}
		}
	}
	keep := make(map[string]bool, len(names))
	complete := slices.Contains(names, fmt.Sprintf("privkey%d.pem", last)) && slices.Contains(names, fmt.Sprintf("fullchain%d.pem", last))
	for _, name := range names {
		n, ok := round[name]
		keep[name] = !ok || !complete || n == last
	}
	return keep
}
