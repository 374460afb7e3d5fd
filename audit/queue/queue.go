// Package queue has audits done by other machines: whoever keeps the schedule
// asks for the audit of a group, and the workers in the group's network zone do
// it, also where nobody else can reach. Both need nothing in common but the
// PostgreSQL that the history is kept in.
//
// A job says which group, never how to reach it or with what secret: a worker
// has its own copy of the configuration. The worker that takes it reads the
// group's targets and begins the audit; the jobs of its shards are inserted in
// the same transaction, for all workers of the zone. Such a job only says that a
// shard waits to be taken: whose it is and whether it is done stands in the
// history. So it does no harm when a job is taken twice, or its end was not
// recorded; and where a job is lost, a worker asks anew.
//
// River keeps the jobs, in a schema of its own that no other program's River
// shares. Its types stay in this package, which refuses to audit and to tell
// anybody: workers get an [Auditor] for the one, and notices are the scheduler's,
// which sees all audits in the history.
package queue

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
)

// schema holds River's tables.
const schema = "tlschain_queue"

// A Queue is where audits are asked for and taken. All methods are safe for
// concurrent use.
type Queue struct {
	db     *history.DB
	pool   *pgxpool.Pool
	driver *riverdatabasesql.Driver // the history's transactions are of its kind
	client *river.Client[*sql.Tx]   // asks only
	report func(error)
	pace
}

// A pace is how patient a queue is.
type pace struct {
	poll     time.Duration // between two looks at a job that somebody waits for
	untaken  time.Duration // after which it is reported that no worker takes a job
	silence  time.Duration // after which it is asked whether a job's worker lives
	beat     time.Duration // between two times that a worker tells that it lives
	dead     time.Duration // after which a worker that has not told is dead
	patience time.Duration // after which a shard that nobody took is asked for anew
	later    time.Duration // until a job is tried again that cannot begin yet
	attempts int           // after which a job is given up
}

// A job is the audit of one group that is asked for.
type job struct {
	Group   string    `json:"group" river:"unique"`
	Planned time.Time `json:"planned" river:"unique"`
	After   int64     `json:"after"` // newest audit of the group when it was asked for
	ByHand  bool      `json:"by_hand"`
	Version int       `json:"version"`
}

// version is that of the jobs' contents: a worker leaves those of a later one to
// workers of a later release. Jobs without one are from before there were shards.
const version = 1

// Kind names such jobs in River's tables.
func (job) Kind() string { return "audit" }

// A shardJob tells that a shard of an audit waits to be taken.
type shardJob struct {
	Version int   `json:"version"`
	Audit   int64 `json:"audit" river:"unique"`
	Number  int   `json:"number" river:"unique"`
	Lease   int64 `json:"lease" river:"unique"` // leases that it has had: it is asked for once after each
}

// Kind names such jobs in River's tables.
func (shardJob) Kind() string { return "shard" }

func (j shardJob) params(zone string) river.InsertManyParams {
	return river.InsertManyParams{Args: j, InsertOpts: &river.InsertOpts{Queue: shardsOf(zone), UniqueOpts: river.UniqueOpts{ByArgs: true}}}
}

// shardsOf is the queue of a zone's shards. Workers of releases that know no
// shards do not look there.
func shardsOf(zone string) string {
	const most = 64 // River's
	if name := "shards_" + zone; len(name) <= most {
		return name
	}
	sum := sha256.Sum256([]byte(zone))
	return "shards_" + hex.EncodeToString(sum[:16])
}

// Open opens the queue beside a history on PostgreSQL, at the same URL, and
// brings its tables up to date; any number of processes may do so at once.
// report gets what ends nothing.
func Open(ctx context.Context, where string, db *history.DB, report func(error)) (*Queue, error) {
	config, err := pgxpool.ParseConfig(where)
	if err != nil {
		return nil, errors.New("opening the queue: the PostgreSQL URL is not of the form postgres://user@host:5432/database?sslmode=verify-full")
	}
	config.MaxConns = 8
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "tlschain"
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("opening the queue: %w", err)
	}
	q := &Queue{db: db, pool: pool, report: report, pace: pace{
		poll: 2 * time.Second, untaken: 15 * time.Minute, silence: 2 * time.Minute, later: 30 * time.Second,
		beat: 10 * time.Second, dead: audit.DefaultLease, patience: 10 * time.Minute,
		attempts: 7, // over some 80 minutes, by River's own pauses
	}}
	if err := q.open(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("opening the queue: %w", err)
	}
	return q, nil
}

func (q *Queue) open(ctx context.Context) error {
	q.driver = riverdatabasesql.NewWithPgxListener(stdlib.OpenDBFromPool(q.pool), q.pool)
	migrator, err := rivermigrate.New(q.driver, &rivermigrate.Config{Schema: schema, Logger: q.logger()})
	if err != nil {
		return err
	}
	err = q.db.Schema(ctx, schema, func() error {
		_, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
	if err != nil {
		return err
	}
	q.client, err = river.NewClient(q.driver, &river.Config{
		Schema: schema, Logger: q.logger(), Test: river.TestConfig{Time: askClock{jobClock{q.db}}},
	})
	return err
}

// A jobClock is the clock that River goes by in this process, the database's: that
// of a machine may be wrong, and a job would wait until it is right.
type jobClock struct{ db *history.DB }

// Now is the time.
func (c jobClock) Now() time.Time { return c.db.Now() }

// NowOrNil is nothing: SQL that has the database's clock at hand reads that.
func (jobClock) NowOrNil() *time.Time { return nil }

// NextRetry is when a job is tried again that has failed: after River's pauses.
func (c jobClock) NextRetry(row *rivertype.JobRow) time.Time {
	return c.Now().Add(time.Until(new(river.DefaultClientRetryPolicy).NextRetry(row)))
}

// An askClock is the jobClock of who inserts jobs, which River would date by the
// machine's clock.
type askClock struct{ jobClock }

// NowOrNil is the time.
func (c askClock) NowOrNil() *time.Time {
	now := c.Now()
	return &now
}

// Close ends all connections. Nobody may wait or work any more.
func (q *Queue) Close() { q.pool.Close() }

// logger passes on what River warns of.
func (q *Queue) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(lines(q.report), &slog.HandlerOptions{
		Level: slog.LevelWarn,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
				return slog.Attr{}
			}
			return a
		},
	}))
}

// lines makes errors of the lines of a log.
type lines func(error)

func (l lines) Write(line []byte) (int, error) {
	l(errors.New("queue: " + strings.TrimSpace(string(line))))
	return len(line), nil
}
