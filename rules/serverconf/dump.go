package serverconf

import (
	"errors"
	"path"
	"regexp"
	"slices"
)

// dumped begins each file in what nginx -T prints.
var dumped = regexp.MustCompile(`(?m)^# configuration file (.+):\r?$`)

// A dump is a configuration that was not read from the disk: all its files, one
// after the other, in what a program printed.
type dump struct {
	First string       // the main configuration
	lines []apacheLine // of Apache, which dumps what it has made of its files
	files map[string][]byte
}

// overlay is a configuration that came in one piece, among the files that it names.
type overlay struct {
	Files
	name string
	text []byte
}

func (o overlay) Read(name string) ([]byte, error) {
	if name == o.name {
		return o.text, nil
	}
	return o.Files.Read(name)
}

// nginxDump takes the output of nginx -T apart. It is nil if it is none.
func nginxDump(text []byte) *dump {
	heads := dumped.FindAllSubmatchIndex(text, -1)
	if len(heads) == 0 {
		return nil
	}
	d := &dump{files: make(map[string][]byte)}
	for i, h := range heads {
		name, end := string(text[h[2]:h[3]]), len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		if i == 0 {
			d.First = name
		}
		body := text[h[1]:end]
		if len(body) > 0 && body[0] == '\n' { // the end of the line that names it
			body = body[1:]
		}
		if _, twice := d.files[name]; !twice {
			d.files[name] = body
		}
	}
	return d
}

// Read gives one of the files.
func (d *dump) Read(name string) ([]byte, error) {
	text, ok := d.files[name]
	if !ok {
		return nil, errors.New("it is not in the output that was given")
	}
	return text, nil
}

// Glob lists the files of a pattern.
func (d *dump) Glob(pattern string) (names []string) {
	for name := range d.files {
		if ok, err := path.Match(pattern, name); err == nil && ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
