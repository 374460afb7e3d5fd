package build

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/ulikunitz/xz"

	"github.com/tlschain/tlschain/rules/cert"
)

// maxUnpacked bounds what is in a package, where a few bytes can stand for
// gigabytes: fifty times what Debian's has.
const maxUnpacked = 32 << 20

// readDebianPackage reads the roots of Debian's package ca-certificates, which
// are files in PEM within a tar file within an ar file (deb(5)).
func (b *builder) readDebianPackage(name string, r io.Reader) error {
	if err := b.debianPackage(name, r); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (b *builder) debianPackage(name string, r io.Reader) error {
	data, err := slurp(name, r)
	if err != nil {
		return err
	}
	if b.StoreOf == nil {
		return errors.New("nobody says which store this is")
	}
	packed, err := member(data, "data.tar.xz")
	if err != nil {
		return err
	}
	unpacked, err := xz.ReaderConfig{DictCap: maxUnpacked}.NewReader(bytes.NewReader(packed))
	if err != nil {
		return fmt.Errorf("data.tar.xz: %w", err)
	}
	l := &list{Store: b.StoreOf(name), place: name}
	version := strings.Split(strings.TrimSuffix(path.Base(name), ".deb"), "_")
	l.Version = "12 (ca-certificates " + version[min(1, len(version)-1)] + ")"
	src := b.From(name)
	bounded := &io.LimitedReader{R: unpacked, N: maxUnpacked}
	for files := tar.NewReader(bounded); ; {
		header, err := files.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return bound(bounded, err)
		}
		if !strings.Contains(header.Name, "/share/ca-certificates/") || path.Ext(header.Name) != ".crt" {
			continue
		}
		text, err := io.ReadAll(files)
		if err != nil {
			return bound(bounded, err)
		}
		block, _ := pem.Decode(text)
		if block == nil {
			return fmt.Errorf("%.200q is no certificate in PEM", header.Name)
		}
		b.add(block.Bytes, src, name+" "+path.Base(header.Name))
		l.anchors = append(l.anchors, cert.Hash(sha256.Sum256(block.Bytes)))
	}
	if len(l.anchors) == 0 {
		return errors.New("there is no certificate in it")
	}
	b.setStore(l)
	return nil
}

// bound says why a packed file could not be read.
func bound(r *io.LimitedReader, err error) error {
	if r.N <= 0 {
		return fmt.Errorf("it unpacks to more than %d MB", maxUnpacked>>20)
	}
	return fmt.Errorf("data.tar.xz: %w", err)
}

// member gives a file of an ar archive.
func member(data []byte, name string) ([]byte, error) {
	const magic, header = "!<arch>\n", 60
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		return nil, errors.New("it is no Debian package")
	}
	for len(rest) >= header {
		title := strings.TrimRight(strings.TrimSpace(string(rest[:16])), "/")
		size, err := strconv.Atoi(strings.TrimSpace(string(rest[48:58])))
		if err != nil || size < 0 || size > len(rest)-header {
			return nil, errors.New("the package is cut")
		}
		if title == name {
			return rest[header : header+size], nil
		}
		rest = rest[min(header+size+size%2, len(rest)):]
	}
	return nil, fmt.Errorf("the package has no %s", name)
}
