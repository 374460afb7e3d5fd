package queue

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// Clocks of machines that are not the database's, and a clock of the database that
// is set: nobody waits until the two agree, and nothing is done twice.
func TestClocks(t *testing.T) {
	server, set := pgtest.StartClocked(t)
	for _, c := range []struct {
		name string
		test func(t *testing.T, where string, set func(time.Duration))
	}{
		{"what is put off", putOffByClock},
		{"what has failed", failedByClock},
		{"the job of a worker that is gone", goneByClock},
		{"jobs that are old", oldByClock},
		{"a lease from before the clock was set back", setBack},
		{"the clock is set, and nobody has looked", setUnseen},
		{"the clock is set in the midst", setInMidst},
	} {
		t.Run(c.name, func(t *testing.T) {
			set(0)
			c.test(t, server.Database(t), set)
		})
	}
}

const year = 365 * 24 * time.Hour

// soon waits for a job that nothing holds up.
func (m *machine) soon(t *testing.T, id int64) history.Audit {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
	defer cancel()
	a, err := m.Wait(ctx, id)
	if err != nil {
		row, _ := m.client.JobGet(t.Context(), id)
		t.Fatalf("it waits for nothing: %v; the job, at %v, is %+v", err, m.db.Now(), row)
	}
	return a
}

// onceHeld begins nothing that is asked for the first time.
type onceHeld struct {
	*audit.Auditor
	err error
}

func (h *onceHeld) Begin(ctx context.Context, group string, byHand bool, ask func(*sql.Tx, int64, int) error) (int64, error) {
	if err := h.err; err != nil {
		h.err = nil
		return 0, err
	}
	return h.Auditor.Begin(ctx, group, byHand, ask)
}

// What a worker puts off whose clock is ahead by an hour is put off no longer, and
// what it dates has the database's date.
func putOffByClock(t *testing.T, where string, set func(time.Duration)) {
	set(-time.Hour)
	m := newMachine(t, where)
	m.works(t, "dmz", &onceHeld{m.auditor(t, "dmz", 3, nil), audit.ErrHeld})
	a := m.soon(t, m.ask(t, web, night))
	if off := time.Until(a.Started.Add(time.Hour)).Abs(); off > time.Minute || a.Ended.Before(a.Started) {
		t.Errorf("from %v to %v, %v off", a.Started, a.Ended, off)
	}
	wrong := regexp.MustCompile(`^the clock of this machine is (1h0m0|1h0m1|59m59)s ahead of that of the database, which audits go by`)
	for !wrong.MatchString((<-m.reported).Error()) { // once it looks
	}
	for len(m.reported) > 0 {
		if wrong.MatchString((<-m.reported).Error()) {
			t.Error("it is told again that the clock is wrong")
		}
	}
}

func failedByClock(t *testing.T, where string, set func(time.Duration)) {
	set(-year)
	m := newMachine(t, where)
	m.works(t, "dmz", &onceHeld{m.auditor(t, "dmz", 3, nil), errOutput})
	m.soon(t, m.ask(t, web, night))
}

// A worker died while it read the targets of a group. Whoever leads is a year
// behind, by whose clock the job was not begun yet.
func goneByClock(t *testing.T, where string, set func(time.Duration)) {
	set(year)
	m := newMachine(t, where)
	id := m.ask(t, web, night)
	_, err := m.pool.Exec(t.Context(), "UPDATE "+schema+`.river_job SET state = 'running', attempt = 1, attempted_by = '{gone}',
		attempted_at = now() - interval '1 minute' WHERE id = $1`, id)
	if err != nil {
		t.Fatal(err)
	}
	m.works(t, "dmz", m.auditor(t, "dmz", 3, nil))
	m.soon(t, id)
	told := 0
	for len(m.reported) > 0 {
		if strings.Contains((<-m.reported).Error(), "attempt 1 of 7: "+workerGone) {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

// Whoever leads is a year ahead: the job of an audit under way is kept, for its
// end is waited for; so is that of one that began long ago.
func oldByClock(t *testing.T, where string, set func(time.Duration)) {
	set(-year)
	serve, first, second := newMachine(t, where), newMachine(t, where), newMachine(t, where)
	midst, goOn := make(chan struct{}, 2*farm), make(chan struct{})
	look := func(ctx context.Context, _ string) {
		midst <- struct{}{}
		select {
		case <-goOn:
		case <-ctx.Done():
		}
	}
	stop := first.works(t, "dmz", first.auditor(t, "dmz", farm, look))
	id, old, long := serve.ask(t, web, night), serve.ask(t, mail, night), serve.ask(t, mail, night.AddDate(0, 0, 1))
	<-midst
	// One that ended two days ago; one whose audit began then, and goes on.
	for id, output := range map[int64]string{old: `{}`, long: `{"output": 1}`} {
		_, err := serve.pool.Exec(t.Context(), "UPDATE "+schema+`.river_job SET state = 'completed', metadata = $2::jsonb,
			finalized_at = now() - interval '2 days' WHERE id = $1`, id, output)
		if err != nil {
			t.Fatal(err)
		}
	}
	second.works(t, "dmz", second.auditor(t, "dmz", farm, look))
	_, err := serve.pool.Exec(t.Context(), "INSERT INTO "+schema+".river_queue (name, metadata, updated_at) VALUES ('old', '{}', now() - interval '2 days')")
	if err != nil {
		t.Fatal(err)
	}
	stop() // now the second one leads
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if _, err := serve.client.JobGet(t.Context(), old); err != nil {
			break
		}
		if time.Since(began) > 45*time.Second {
			t.Fatal("a job that ended two days ago is kept")
		}
	}
	var queues int // which are old, too, for whoever leads
	for began := time.Now(); queues < 2; time.Sleep(20 * time.Millisecond) {
		err := serve.pool.QueryRow(t.Context(), "SELECT count(*) - 10 * count(*) FILTER (WHERE name = 'old') FROM "+schema+".river_queue").Scan(&queues)
		if err != nil || time.Since(began) > 45*time.Second {
			t.Fatalf("queues: %d, %v", queues, err)
		}
	}
	for _, id := range []int64{id, long} {
		if _, err := serve.client.JobGet(t.Context(), id); err != nil {
			t.Errorf("job %d of an audit under way: %v", id, err)
		}
	}
	close(goOn)
	if a := serve.soon(t, id); a.ID != 1 || a.State != history.Complete {
		t.Errorf("%+v", a)
	}
	row, err := serve.client.JobGet(t.Context(), id)
	if err != nil || row.State != rivertype.JobStateCompleted || row.FinalizedAt == nil || time.Until(row.FinalizedAt.Add(year)).Abs() > time.Minute {
		t.Errorf("%+v, %v", row, err)
	}
	if got := serve.listed(t, "web"); got != whole {
		t.Error(got)
	}
}

// A worker died that had a shard while the database's clock was an hour ahead.
func setBack(t *testing.T, where string, set func(time.Duration)) {
	set(time.Hour)
	m := newMachine(t, where)
	auditor := m.auditor(t, "dmz", 3, nil)
	id, err := auditor.Begin(t.Context(), "web", true, func(*sql.Tx, int64, int) error { return nil })
	if err == nil {
		_, err = m.db.TakeShard(t.Context(), id, 0, "gone", time.Minute)
	}
	if err == nil { // and it led
		_, err = m.pool.Exec(t.Context(), "INSERT INTO "+schema+`.river_leader (elected_at, expires_at, leader_id)
			VALUES (now(), now() + interval '15 s', 'gone')`)
	}
	if err != nil {
		t.Fatal(err)
	}
	set(0)
	next := newMachine(t, where)
	next.works(t, "dmz", next.auditor(t, "dmz", 3, nil))
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		var leader string
		m.pool.QueryRow(t.Context(), "SELECT leader_id FROM "+schema+".river_leader").Scan(&leader)
		if a, err := m.db.Audit(t.Context(), id); err != nil || a.State == history.Complete && leader != "" && leader != "gone" {
			return
		}
		if time.Since(began) > 45*time.Second {
			t.Fatalf("what a worker left that is gone waits until the clock is where it was: %q leads", leader)
		}
	}
}

// The database's clock was set ahead between two times that a worker looked at it:
// who had a shard then has it, and lives.
func setUnseen(t *testing.T, where string, set func(time.Duration)) {
	m := newMachine(t, where)
	id, err := m.auditor(t, "dmz", 3, nil).Begin(t.Context(), "web", true, func(*sql.Tx, int64, int) error { return nil })
	if err == nil {
		_, err = m.db.TakeShard(t.Context(), id, 0, "there", time.Minute)
	}
	for _, worker := range []string{"there", "here"} {
		err = errors.Join(err, m.db.Beat(t.Context(), worker, "dmz"))
	}
	if err != nil {
		t.Fatal(err)
	}
	set(time.Hour)
	if _, err := m.db.TakeShard(t.Context(), id, 0, "here", time.Minute); !errors.Is(err, history.ErrBusy) {
		t.Errorf("the shard is taken from who is at it: %v", err)
	}
	if all, err := m.db.Workers(t.Context(), time.Minute); err != nil || len(all) != 2 {
		t.Errorf("who lives: %v, %v", all, err)
	}
}

// The database's clock is set ahead by an hour, and back, while two work: no shard
// is taken from who is at it.
func setInMidst(t *testing.T, where string, set func(time.Duration)) {
	serve := newMachine(t, where)
	goOn, looked := make(chan struct{}), &looks{of: map[string]int{}}
	midst := make(chan struct{}, 2*farm)
	for range 2 {
		m := newMachine(t, where)
		m.works(t, "dmz", m.auditor(t, "dmz", farm, func(ctx context.Context, host string) {
			looked.look(ctx, host)
			midst <- struct{}{}
			select {
			case <-goOn:
			case <-ctx.Done():
			}
		}))
	}
	id := serve.ask(t, web, night)
	for range 5 { // all shards are taken
		<-midst
	}
	for _, ahead := range []time.Duration{time.Hour, 0, year, 0} {
		set(ahead)
		// Both have told for longer than a lease that they live, by the clock as it is.
		var from map[string]int64
		for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
			if time.Since(began) > 45*time.Second {
				t.Fatal("the workers are silent")
			}
			seen := map[string]int64{}
			rows, err := serve.pool.Query(t.Context(), "SELECT id, seen FROM worker")
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var worker string
				var at int64
				if err := rows.Scan(&worker, &at); err != nil {
					t.Fatal(err)
				}
				if time.Since(time.UnixMilli(at).Add(-ahead)).Abs() < 30*time.Minute {
					seen[worker] = at
				}
			}
			if from == nil && len(seen) == 2 {
				from = maps.Clone(seen)
			}
			past := 0
			for worker, at := range from {
				if seen[worker] > at+3000 {
					past++
				}
			}
			if past == 2 {
				break
			}
		}
	}
	close(goOn)
	if a := serve.soon(t, id); audit.SummaryOf(a).Endpoints != farm || len(audit.SummaryOf(a).Troubles) > 0 {
		t.Errorf("%+v", a)
	}
	for host, n := range looked.of {
		if n != 1 {
			t.Errorf("%s was looked at %d times", host, n)
			break
		}
	}
}
