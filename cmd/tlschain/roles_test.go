package main

import (
	"database/sql"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
)

// The roles of docs/audits.md are enough for what they are for, and for no more.
func TestRolesOfPostgreSQL(t *testing.T) {
	z := newZoned(t)
	admin := z.where
	text, err := os.ReadFile("../../docs/audits.md")
	if err != nil {
		t.Fatal(err)
	}
	statements := regexp.MustCompile("(?s)```sql\n(.*?)```").FindSubmatch(text)
	if statements == nil {
		t.Fatal("docs/audits.md has no statements")
	}
	execute := func(where, query string) error {
		db, err := sql.Open("pgx", where)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		_, err = db.ExecContext(t.Context(), query)
		return err
	}
	if err := execute(admin, string(statements[1])); err != nil {
		t.Fatal(err)
	}
	as := func(role string) string { return strings.Replace(admin, "user=tlschain", "user="+role, 1) }
	config := z.machine(t, "")
	command := func(role string, args ...string) (code int, out string) {
		cmd := exec.Command(builtBinary(t), append(append([]string{"audit"}, args...), "--config", config, "--db", as(role))...)
		said, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), string(said)
	}
	for _, role := range []string{"tlschain_audit", "tlschain_read"} {
		if code, out := command(role, "status"); code == 0 || !strings.Contains(out, "permission denied") {
			t.Errorf("%s makes tables: %d\n%s", role, code, out)
		}
	}
	if code, out := command("tlschain_owner", "status"); code != 0 {
		t.Fatalf("the owner: %d\n%s", code, out)
	}

	z.where = as("tlschain_audit")
	worker := z.start(t, config, "work", "--zone", "dmz")
	if code, out := command("tlschain_audit", "run", "web"); code != 0 || !strings.Contains(out, "of web: complete, 30 endpoints") {
		t.Errorf("audit run: %d\n%s", code, out)
	}
	address := freeAddress(t)
	serve := z.start(t, z.machine(t, "serve: {listen: \""+address+"\"}\nreceivers:\n  hook: {exec: [cat]}\n"), "serve")
	awaitHealthy(t, address)
	if page := pageOf(t, "http://"+address+"/"); !strings.Contains(page, "web") {
		t.Error(page)
	}
	serve.interrupt(t)
	worker.interrupt(t)
	for _, r := range []*running{serve, worker} {
		if out := r.out.String(); strings.Contains(out, "permission") || strings.Contains(out, "must be") {
			t.Error(out)
		}
	}
	for _, args := range [][]string{{"list"}, {"show", "web"}, {"affected", "leaf"}, {"outlook"}, {"export", "1", "--format", "csv"}} {
		if code, out := command("tlschain_read", args...); code != 0 {
			t.Errorf("tlschain_read, %v: %d\n%s", args, code, out)
		}
	}
	for role, queries := range map[string][]string{
		"tlschain_audit": {"CREATE TABLE public.x (n int)", "DROP TABLE public.audit", "ALTER TABLE public.audit ADD x int", "CREATE TABLE tlschain_queue.x (n int)",
			"TRUNCATE public.audit", "CREATE SCHEMA x", "CREATE ROLE x", "COPY public.audit TO PROGRAM 'true'", "SELECT pg_read_file('/etc/passwd')"},
		"tlschain_read": {"DELETE FROM public.audit", "INSERT INTO public.notice DEFAULT VALUES", "UPDATE public.audit SET state = state", "SELECT * FROM tlschain_queue.river_job",
			"CREATE TABLE public.x (n int)", "DROP TABLE public.audit", "CREATE SCHEMA x"},
	} {
		for _, query := range queries {
			if err := execute(as(role), query); err == nil || !strings.Contains(err.Error(), "permission denied") && !strings.Contains(err.Error(), "must be") {
				t.Errorf("%s: %s: %v", role, query, err)
			}
		}
	}
}
