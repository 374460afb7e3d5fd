package tlschain

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

func TestKindOf(t *testing.T) {
	t.Chdir(t.TempDir())
	tb := tlstest.For(t)
	for name, content := range map[string][]byte{
		"site":        certfile.PEM(tb.Root("root").DER), // also the name of a host
		"my site":     certfile.PEM(tb.Root("root").DER),
		"chain.pem":   certfile.PEM(tb.Root("root").DER),
		"hosts.txt":   []byte("www.example.com\n"),
		"example.com": []byte("a file that is called as a host\n"),
	} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("www.txt", 0o700); err != nil {
		t.Fatal(err)
	}
	for argument, want := range map[string]ArgumentKind{
		"example.com": AHost, "www.example.com:8443": AHost, "site": AHost, "www.txt": AHost,
		"my site": CertificateFile, "chain.pem": CertificateFile, "hosts.txt": OtherFile, "gone.CSV": NoFile, "gone.example": AHost,
	} {
		kind, err := KindOf(argument, scanner.TargetOptions{})
		if kind != want || (err != nil) != (want == NoFile) {
			t.Errorf("%s: kind %d, %v, not kind %d", argument, kind, err, want)
		}
	}
	l := &TargetList{Files: []string{"-", "hosts.txt"}}
	if err := l.CheckFiles(); err != nil {
		t.Error(err)
	}
	l.Files = append(l.Files, filepath.Join("gone", "hosts.txt"))
	if err := l.CheckFiles(); err == nil {
		t.Error("a list that is not there can be opened")
	}
}
