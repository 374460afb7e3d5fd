package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// zoned is a schedule for two network zones, and for machines that share
// nothing but a database.
type zoned struct {
	where, targets string
	roots          []byte
}

func newZoned(t *testing.T) *zoned {
	t.Helper()
	tb := tlstest.For(t)
	root := tb.Root("root")
	leaf := tb.Leaf("leaf", tb.Intermediate("ca", root))
	address := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf)}).Addr().String() // its issuer is missing
	var inline []string
	for n := range 30 {
		inline = append(inline, fmt.Sprintf("%q", fmt.Sprintf("host%d.example@%s", n, address)))
	}
	return &zoned{pgtest.Start(t).Database(t), strings.Join(inline, ", "), pemOf(root.DER)}
}

// machine writes a copy of the configuration, for a machine of its own; more
// stands at the end of it.
func (z *zoned) machine(t *testing.T, more string) (config string) {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "roots.pem", z.roots)
	text := "groups:\n"
	for _, group := range []string{"web, zone: dmz", "mail, zone: lab"} {
		group, zone, _ := strings.Cut(group, ",")
		text += "  " + group + ":\n   " + zone + "\n    targets: {inline: [" + z.targets + "]}\n" +
			"    clients: [go]\n    roots: roots.pem\n    pace: {rate: 10}\n    confirm: {times: 1}\n" +
			"    schedule: {cron: \"0 3 1 1 *\"}\n    notify: " + map[bool]string{true: "[hook]", false: "[]"}[more != ""] + "\n"
	}
	return write(t, dir, "tlschain.yaml", []byte(text+more))
}

// A running is a process of ours; out is what it wrote.
type running struct {
	*exec.Cmd
	out tlstest.Transcript
}

func (z *zoned) start(t *testing.T, config string, args ...string) *running {
	t.Helper()
	r := &running{Cmd: exec.Command(builtBinary(t), append([]string{"audit"}, append(args, "--config", config, "--db", z.where)...)...)}
	r.Stdout, r.Stderr = &r.out, &r.out
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Process.Kill()
		r.Wait()
		if t.Failed() {
			t.Logf("%s:\n%s", strings.Join(args, " "), r.out.String())
		}
	})
	return r
}

// interrupt stops a process as systemd does, and checks that it is content.
func (r *running) interrupt(t *testing.T) {
	t.Helper()
	r.Process.Signal(os.Interrupt)
	r.Wait()
	if code := r.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("%v ends with %d:\n%s", r.Args, code, r.out.String())
	}
}

func (z *zoned) audits(t *testing.T, group string) (states string) {
	t.Helper()
	db, err := history.Open(t.Context(), z.where)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	list, err := db.Audits(t.Context(), group, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		states = fmt.Sprintf("%s:%d ", a.State, a.Endpoints) + states
	}
	return strings.TrimSpace(states)
}

// The scheduler scans nothing of a zone; its workers do, each its own zone's,
// with their own copies of the configuration; people are told by the scheduler,
// once. A worker that is stopped leaves the audit to the next.
func TestAuditWork(t *testing.T) {
	z := newZoned(t)
	address := freeAddress(t)
	scheduler := z.machine(t, "serve: {listen: \""+address+"\"}\nreceivers:\n  hook: {exec: [sh, -c, \"cat >> told; echo >> told\"]}\n")
	serve := z.start(t, scheduler, "serve")
	awaitHealthy(t, address)
	shows := func(path, want string) {
		t.Helper()
		await(t, func() bool { return strings.Contains(pageOf(t, "http://"+address+path), want) }, func() string { return want + ":\n" + pageOf(t, "http://"+address+path) })
	}
	shows("/metrics", `tlschain_audit_next_timestamp_seconds{group="web"}`) // the first look plans
	serve.interrupt(t)
	makeDue(t, z.where, "web")
	makeDue(t, z.where, "mail")
	serve = z.start(t, scheduler, "serve")
	awaitHealthy(t, address)
	shows("/", "for a worker of zone dmz since")
	shows("/", "for a worker of zone lab since")
	if got := z.audits(t, ""); got != "" {
		t.Fatalf("the scheduler audited: %s", got)
	}

	dmz := z.start(t, z.machine(t, ""), "work", "--zone", "dmz")
	shows("/audits", "running")
	dmz.interrupt(t)
	if got := z.audits(t, "web"); got != "running:0" {
		t.Fatalf("after the worker was stopped: %s", got)
	}
	z.start(t, z.machine(t, ""), "work", "--zone", "dmz")
	await(t, func() bool { return z.audits(t, "web") == "complete:30" }, func() string { return z.audits(t, "web") })
	if got := z.audits(t, "mail"); got != "" {
		t.Errorf("a worker of dmz audited what is in lab: %s", got)
	}
	lab := z.start(t, z.machine(t, ""), "work", "--zone", "lab")
	await(t, func() bool { return z.audits(t, "mail") == "complete:30" }, func() string { return z.audits(t, "mail") })
	lab.interrupt(t)

	// By hand: interrupted, the job stays; another waits for its own.
	hand := z.start(t, scheduler, "run", "mail")
	shows("/", "for a worker of zone lab since")
	hand.interrupt(t)
	if !strings.Contains(hand.out.String(), "of mail stays in the queue") {
		t.Error(hand.out.String())
	}
	if code, out := audited(t, "run", "web", "--config", scheduler, "--db", z.where); code != 0 || !strings.Contains(out, "of web: complete, 30 endpoints: 30 with errors") {
		t.Errorf("audit run ends with %d:\n%s", code, out)
	}
	z.start(t, z.machine(t, ""), "work", "--zone", "lab")
	await(t, func() bool { return z.audits(t, "mail") == "complete:30 complete:30" }, func() string { return z.audits(t, "mail") })

	told := func() string {
		text, _ := os.ReadFile(filepath.Join(filepath.Dir(scheduler), "told"))
		return string(text)
	}
	await(t, func() bool { return strings.Contains(told(), `"group":"mail"`) }, told)
	if n := strings.Count(told(), `"group":"mail"`); n != 1 {
		t.Errorf("told of mail %d times:\n%s", n, told())
	}
	serve.interrupt(t)
	for _, line := range []string{"of web: complete, 30 endpoints, took", "of mail: complete, 30 endpoints, took"} {
		if strings.Count(serve.out.String(), line) != 1 {
			t.Errorf("serve does not say %q once:\n%s", line, serve.out.String())
		}
	}
}

// Where a worker's configuration has no such group, both sides say so.
func TestAuditWorkDiffers(t *testing.T) {
	z := newZoned(t)
	config := z.machine(t, "")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	other := write(t, t.TempDir(), "tlschain.yaml", bytes.ReplaceAll(text, []byte("  web:"), []byte("  www:")))
	write(t, filepath.Dir(other), "roots.pem", z.roots)
	for _, r := range []*running{z.start(t, config, "run", "web"), z.start(t, other, "work", "--zone", "dmz")} {
		await(t, func() bool {
			return strings.Contains(r.out.String(), `there is no group "web"; there is mail, www: `+other+" here is not what audit serve has")
		}, r.out.String)
	}
	if got := z.audits(t, ""); got != "" {
		t.Error(got)
	}
}
