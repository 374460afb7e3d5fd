package tlschain

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner"
)

// An ArgumentKind is what somebody means who names a target.
type ArgumentKind uint8

// What is meant.
const (
	AHost           ArgumentKind = iota // or another form of target
	NoFile                              // a file, which is not there
	CertificateFile                     // a file with certificates
	OtherFile                           // a file of another kind, such as a list
)

// fileEndings are those of lists and of certificates. No host on the Internet
// has a name that ends so.
var fileEndings = []string{".txt", ".csv", ".tsv", ".lst", ".list", ".ini", ".hosts", ".yml", ".yaml", ".json", ".gnmap", ".nmap",
	".pem", ".crt", ".cer", ".der", ".p7b", ".p12", ".pfx", ".jks"}

// KindOf tells a target from the name of a file: its ending is that of files, or
// it is there and no host could be called so. The error says why a file cannot
// be had.
func KindOf(argument string, options scanner.TargetOptions) (ArgumentKind, error) {
	info, err := os.Stat(argument)
	likeFile := slices.Contains(fileEndings, strings.ToLower(filepath.Ext(argument)))
	if err != nil && likeFile {
		return NoFile, errors.Unwrap(err)
	}
	if err != nil || !info.Mode().IsRegular() {
		return AHost, nil
	}
	if _, notHost := scanner.ParseTarget(argument, options); notHost == nil && !likeFile {
		return AHost, nil
	}
	if data, err := (&Env{}).ReadFile(argument); err == nil {
		if _, err := certfile.Certificates(data); err == nil {
			return CertificateFile, nil
		}
	}
	return OtherFile, nil
}

// CheckFiles reports the first list of targets that cannot be opened. Pipes are
// not tried: who writes to one writes to whoever opens it first.
func (l *TargetList) CheckFiles() error {
	for _, name := range l.Files {
		if name == "-" {
			continue
		}
		if info, err := os.Stat(name); err == nil && info.Mode()&os.ModeNamedPipe != 0 {
			continue
		}
		file, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, errors.Unwrap(err))
		}
		file.Close()
	}
	return nil
}

// MeansHost reports whether an argument that is the name of no file is a target: a
// path never is.
func MeansHost(argument string) bool {
	if strings.Contains(argument, "/") && !strings.Contains(argument, "://") {
		return false
	}
	kind, _ := KindOf(argument, scanner.TargetOptions{})
	_, err := scanner.ParseTarget(argument, scanner.TargetOptions{})
	return err == nil && kind == AHost
}
