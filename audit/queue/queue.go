// Package queue has audits done by other machines: whoever keeps the schedule
// asks for the audit of a group, and a worker in the group's network zone takes
// it, also where nobody else can reach. Both need nothing in common but the
// PostgreSQL that the history is kept in.
//
// A job says which group, never how to reach it or with what secret: a worker
// has its own copy of the configuration. A job is done when a complete audit of
// its group has begun since it was asked for. So it does no harm when a job is
// taken twice, or its end was not recorded.
//
// River keeps the jobs, in a schema of its own that no other program's River
// shares. Its types stay in this package, which refuses to audit and to tell
// anybody: workers get a function for the one, and notices are the scheduler's,
// which sees all audits in the history.
package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/tlschain/tlschain/audit/history"
)

// schema holds River's tables.
const schema = "tlschain_queue"

// A Queue is where audits are asked for and taken. All methods are safe for
// concurrent use.
type Queue struct {
	db     *history.DB
	pool   *pgxpool.Pool
	client *river.Client[pgx.Tx] // asks only
	report func(error)
	pace
}

// A pace is how patient a queue is.
type pace struct {
	poll     time.Duration // between two looks at a job that somebody waits for
	untaken  time.Duration // after which it is reported that no worker takes a job
	silence  time.Duration // after which it is asked whether a job's worker lives
	later    time.Duration // until a job is tried again that cannot begin yet
	attempts int           // after which a job is given up
}

// A job is the audit of one group that is asked for.
type job struct {
	Group   string    `json:"group" river:"unique"`
	Planned time.Time `json:"planned" river:"unique"`
	After   int64     `json:"after"` // newest audit of the group when it was asked for
	ByHand  bool      `json:"by_hand"`
}

// Kind names such jobs in River's tables.
func (job) Kind() string { return "audit" }

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
		attempts: 7, // over some 80 minutes, by River's own pauses
	}}
	if err := q.open(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("opening the queue: %w", err)
	}
	return q, nil
}

func (q *Queue) open(ctx context.Context) error {
	driver := riverpgxv5.New(q.pool)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Schema: schema, Logger: q.logger()})
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
	q.client, err = river.NewClient(driver, &river.Config{Schema: schema, Logger: q.logger()})
	return err
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
