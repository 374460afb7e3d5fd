package audit

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/audit/history"
)

// A Config is tlschain.yaml. Load reads it; [Example] is one with every key.
type Config struct {
	Database  Secret               `yaml:"database"`
	Serve     Serve                `yaml:"serve"`
	Receivers map[string]*Receiver `yaml:"receivers"`
	Groups    map[string]*Group    `yaml:"groups"`

	Dir  string `yaml:"-"` // that relative file names start from
	File string `yaml:"-"` // that it was read from

	typedDB string // place of the history, where it was typed; empty: Database names it
}

// A Group is a set of targets that are audited together.
type Group struct {
	Name string `yaml:"-"`
	Dir  string `yaml:"-"` // of the configuration

	zoneAt string // where the configuration says Zone

	Targets         Sources          `yaml:"targets"`
	tlschain.Config `yaml:",inline"` // how they are scanned and judged
	Pace            Pace             `yaml:"pace"`

	Zone      string    `yaml:"zone"`     // network zone whose workers audit it; empty: audit serve and audit run themselves
	Schedule  *Schedule `yaml:"schedule"` // nil: only by audit run
	Confirm   Confirm   `yaml:"confirm"`
	Notify    []string  `yaml:"notify"` // names of receivers
	Retention Duration  `yaml:"retention"`

	CompareWith []string `yaml:"compare_with"` // groups, of other zones, that should be shown the same chains by the same names
}

// inFolder is a file name of the group's, as the configuration means it.
func (g *Group) inFolder(file string) string { return inDir(g.Dir, file) }

// Pace is how hard a group is scanned; zero values are the scanner's own.
type Pace struct {
	Concurrency int      `yaml:"concurrency"`
	Rate        float64  `yaml:"rate"`
	PerHost     int      `yaml:"per_host"`
	Retries     int      `yaml:"retries"`
	Timeout     Duration `yaml:"timeout"`

	PerNetwork float64 `yaml:"per_network"` // connections begun a second to one network, /24 or /48; 0: no limit
}

// Confirm damps endpoints that flap: a change counts when Times scans in a row
// saw it, After apart.
type Confirm struct {
	Times int      `yaml:"times"` // 0: 2; 1: no further scan
	After Duration `yaml:"after"` // 0: 30 s
}

// A Schedule is when a group is due.
type Schedule struct {
	Cron      Cron       `yaml:"cron"`
	TimeZone  TimeZone   `yaml:"time_zone"` // empty: UTC
	Jitter    Duration   `yaml:"jitter"`    // at most this much later, the same for a group every time
	Blackouts []Blackout `yaml:"blackouts"`
}

// A Blackout is a time in which no audit begins: from one local date to
// another, both included, or between two times of day, past midnight if To is
// the earlier one.
type Blackout struct {
	FromDate string `yaml:"from_date"`
	ToDate   string `yaml:"to_date"`
	FromTime string `yaml:"from_time"`
	ToTime   string `yaml:"to_time"`
	Reason   string `yaml:"reason"`
}

// A Receiver is someone who is told.
type Receiver struct {
	URL    Secret   `yaml:"url"`    // a shoutrrr URL
	Exec   []string `yaml:"exec"`   // a program that reads JSON on standard input
	Only   string   `yaml:"only"`   // lowest severity told of: error, warning, info; empty: all
	Events []string `yaml:"events"` // kinds of change told of; none: all that are material

	Tags        map[string]Values `yaml:"tags"`         // told only of endpoints that have all of these, with one of the values each
	Lang        string            `yaml:"lang"`         // en or ja
	Digest      *DigestTimes      `yaml:"digest"`       // when to sum up what is still broken or ends next; nil: never
	RemindAfter Duration          `yaml:"remind_after"` // a finding that is still there is told again so often; 0: never
}

// Values are one text or a list of them.
type Values []string

// DigestTimes are when a receiver gets summaries: weekly (Mondays at 8), daily (at
// 8), or a cron expression, alone or with a time zone.
type DigestTimes struct {
	Cron     Cron     `yaml:"cron"`
	TimeZone TimeZone `yaml:"time_zone"` // empty: UTC
}

// Serve is what audit serve shows, and to whom.
type Serve struct {
	Listen string `yaml:"listen"` // empty: 127.0.0.1:8480
	URL    string `yaml:"url"`    // how people reach it, for links in messages
	Cert   string `yaml:"cert"`   // PEM file, read again when it changes
	Key    string `yaml:"key"`
	Token  Secret `yaml:"token"` // bearer token
	Users  string `yaml:"users"` // file of lines user:bcrypt-hash
	// Calendar holds the tokens that calendars subscribe by, apart by blanks or
	// lines; it is read again for each request.
	Calendar Secret `yaml:"calendar"`
	// UpdateFacts is how old facts about CAs and clients may be before newer ones
	// are taken; 0: none are.
	UpdateFacts Duration `yaml:"update_facts"`
	Metrics     string   `yaml:"metrics_detail"` // "groups" leaves out the series per endpoint; empty: all
	TagLabels   []string `yaml:"tag_labels"`     // tags that are labels of each series of endpoints
}

// A Secret is read when it is needed, from the environment or from a file:
// never from the configuration itself, which ends up in version control.
type Secret struct {
	Env  string `yaml:"env"`
	File string `yaml:"file"`
}

// maxSecret bounds a file with a secret, in bytes.
const maxSecret = 64 << 10

// IsZero says that no secret is configured.
func (s Secret) IsZero() bool { return s == Secret{} }

// Read gives the secret without the line end around it.
func (s Secret) Read(dir string, getenv func(string) string) (string, error) {
	switch {
	case s.Env != "":
		if text := strings.TrimSpace(getenv(s.Env)); text != "" {
			return text, nil
		}
		return "", fmt.Errorf("the environment variable %s is empty", s.Env)
	case s.File != "":
		b, err := readSmall(inDir(dir, s.File), maxSecret)
		if err != nil {
			return "", fmt.Errorf("%s: %w", s.File, err)
		}
		if text := strings.TrimSpace(string(b)); text != "" {
			return text, nil
		}
		return "", fmt.Errorf("the file %s is empty", s.File)
	}
	return "", nil
}

// Defaults of what a group leaves out.
const (
	defaultConfirmTimes = 2
	defaultConfirmAfter = 30 * time.Second
	defaultRetention    = 400 * 24 * time.Hour // a year and a month: last year's night is there to compare
	defaultListen       = "127.0.0.1:8480"
)

func (c Confirm) times() int {
	if c.Times > 0 {
		return c.Times
	}
	return defaultConfirmTimes
}

func (c Confirm) after() time.Duration {
	if c.After > 0 {
		return time.Duration(c.After)
	}
	return defaultConfirmAfter
}

func (g *Group) retention() time.Duration {
	if g.Retention > 0 {
		return time.Duration(g.Retention)
	}
	return defaultRetention
}

// Address is where to listen.
func (s Serve) Address() string {
	if s.Listen == "" {
		return defaultListen
	}
	return s.Listen
}

// Zones are the network zones that groups are in, sorted.
func (c *Config) Zones() []string {
	zones := map[string]bool{}
	for _, g := range c.Groups {
		if g.Zone != "" {
			zones[g.Zone] = true
		}
	}
	return sortedKeys(zones)
}

// InZone are the groups of a zone, sorted; of none if zone is empty.
func (c *Config) InZone(zone string) []*Group {
	var all []*Group
	for _, name := range sortedKeys(c.Groups) {
		if g := c.Groups[name]; g.Zone == zone {
			all = append(all, g)
		}
	}
	return all
}

// held says that the group's schedule begins no audit just now.
func (g *Group) held(now time.Time) bool {
	return g.Schedule != nil && g.Schedule.blackedOut(now)
}

// CheckDatabase refuses a history that other machines cannot share while there
// are groups in zones; its errors name their lines.
func (c *Config) CheckDatabase(where string) error {
	if history.IsPostgres(where) {
		return nil
	}
	var found []error
	for _, name := range sortedKeys(c.Groups) {
		if g := c.Groups[name]; g.Zone != "" {
			found = append(found, fmt.Errorf("%s: the workers of a zone need a history on PostgreSQL: write database, "+
				"or --db postgres://user@host/database", g.zoneAt))
		}
	}
	return errors.Join(found...)
}

// GroupNames are the names of the groups, sorted.
func (c *Config) GroupNames() []string { return sortedKeys(c.Groups) }
