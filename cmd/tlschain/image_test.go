//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// The image's program is all that it needs: it runs as the user that the
// Dockerfile names, in a root that holds nothing else.
func TestImage(t *testing.T) {
	if testing.Short() {
		t.Skip("it needs the program of a release")
	}
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("only root changes the root folder")
	}
	steps := map[string]string{}
	for line := range strings.Lines(string(read(t, "../../audit/deploy/Dockerfile"))) {
		if step, rest, found := strings.Cut(strings.TrimSpace(line), " "); found && step != "#" {
			steps[step] = rest
		}
	}
	var user, group uint32
	if _, err := fmt.Sscanf(steps["USER"], "%d:%d", &user, &group); err != nil || user == 0 || group == 0 || steps["RUN"] != "" {
		t.Fatalf("the steps are %q, %v", steps, err)
	}
	var entry []string
	if err := json.Unmarshal([]byte(steps["ENTRYPOINT"]), &entry); err != nil || len(entry) != 1 || steps["COPY"] != "${TARGETPLATFORM}/tlschain "+entry[0] {
		t.Fatalf("the steps are %q, %v", steps, err)
	}
	root := t.TempDir()
	for dir := root; dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	place(t, root, entry[0], read(t, builtBinary(t)))
	demo, err := tlstest.Demo(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server, err := tlstest.Serve(tlstest.Behaviour{Default: demo[0].Identity})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	place(t, root, "roots.pem", pemOf(demo[0].Anchors...))
	place(t, root, "tlschain.yaml", read(t, "../../audit/tlschain.example.yaml"))
	for _, name := range []string{entry[0], "roots.pem", "tlschain.yaml"} {
		if err := os.Chmod(filepath.Join(root, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	target := fmt.Sprintf("%s@%s", demo[0].Name, server.Addr())
	for _, test := range []struct{ args, want string }{
		{"version", "tlschain "},
		{"scan " + target + " --roots /roots.pem", "1 endpoint: ✓ 1 OK"},
		{"audit check-config --config /tlschain.yaml", "websites: "},
	} {
		cmd := exec.Command(entry[0], strings.Fields(test.args)...)
		cmd.Dir, cmd.Env = "/", []string{"HOME=/nonexistent"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: user, Gid: group}}
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), test.want) {
			t.Errorf("%s: %v\n%s", test.args, err, out)
		}
	}
}
