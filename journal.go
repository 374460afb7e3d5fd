package tlschain

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"os"
	"strings"
	"time"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/wholefile"
)

// A Journal keeps what a scan has finished, so that it can go on where it was
// ended, by whatever. It is a text file that is only ever appended to: a line
// that tells which scan it belongs to, then a line for each finished target. A
// line counts when it is whole; what kill -9 or a full disk left of the last one
// is cut off.
type Journal struct {
	lock    io.Closer // held until Close: the kernel gives it back when the process dies
	file    *os.File
	out     *bufio.Writer
	seed    maphash.Seed
	done    map[uint64]int // by target: how often it is in the journal
	pending int            // lines since the last fsync
	synced  time.Time
}

// A journalHead is the first line.
type journalHead struct {
	Journal int `json:"tlschain_journal"` // version of the format
	journalSettings
	EvaluatedAt time.Time `json:"evaluated_at"`
}

// journalSettings tell a scan from another whose verdicts may differ.
type journalSettings struct {
	Settings string `json:"settings"` // the flags, for people
	Config   string `json:"config"`   // SHA-256 of them all, those of the pace left out
}

// A journalLine is what became of one target: its endpoints.
type journalLine struct {
	Endpoints []*reports.Endpoint `json:"endpoints"`
}

// What may be lost when the machine goes down: this many targets, or those of
// this long. The kill of the program alone loses nothing that was written.
const (
	syncLines = 512
	syncAfter = time.Second
)

// maxJournalLine bounds a line: a target with hundreds of addresses has some
// megabytes.
const maxJournalLine = 64 << 20

// Errors of [OpenJournal].
var (
	ErrNoJournal = errors.New("is no journal of this program")
	ErrOtherScan = errors.New("belongs to a scan with other settings")
	ErrInUse     = errors.New("is being written by another scan")
)

// OpenJournal opens or begins a journal, and gives the time as of which its scan
// judges: evaluated, if it begins now. The journal of a scan by another [Config] is
// refused, and that of another part of the targets: its verdicts would not fit
// the rest. Only the pace may change.
func OpenJournal(path string, config *Config, part string, evaluated time.Time) (*Journal, time.Time, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, evaluated, fmt.Errorf("%s %w", path, ErrNoJournal) // a pipe or a device may never end
	}
	lock, err := wholefile.Lock(context.Background(), path, 0)
	if errors.Is(err, wholefile.ErrLocked) {
		err = fmt.Errorf("%s %w", path, ErrInUse)
	}
	if err != nil {
		return nil, evaluated, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, evaluated, errors.Join(err, lock.Close())
	}
	settings := settingsOf(config, part)
	j := &Journal{lock: lock, file: file, seed: maphash.MakeSeed(), done: make(map[uint64]int)}
	head, err := j.load(path, settings)
	if err == nil && head == nil {
		head = &journalHead{Journal: 1, journalSettings: settings, EvaluatedAt: evaluated.UTC()}
		err = j.begin(head)
	}
	if err != nil {
		return nil, evaluated, errors.Join(err, file.Close(), lock.Close())
	}
	j.out, j.synced = bufio.NewWriterSize(file, 1<<16), time.Now()
	return j, head.EvaluatedAt, nil
}

func (j *Journal) begin(head *journalHead) error {
	line, err := json.Marshal(head)
	if err == nil {
		_, err = j.file.WriteAt(append(line, '\n'), 0)
	}
	if err == nil {
		_, err = j.file.Seek(0, io.SeekEnd)
	}
	if err != nil {
		return fmt.Errorf("beginning the journal: %w", err)
	}
	return nil
}

// load reads what is there and leaves the file at the end of its last whole
// line. head is nil where nothing is.
func (j *Journal) load(path string, settings journalSettings) (head *journalHead, err error) {
	end := int64(0)
	for line, err := range j.lines() {
		if err != nil {
			if head == nil && errors.Is(err, bufio.ErrTooLong) {
				return nil, fmt.Errorf("%s %w", path, ErrNoJournal)
			}
			return nil, fmt.Errorf("reading the journal %s: %w", path, err)
		}
		switch {
		case head == nil:
			head = new(journalHead)
			if json.Unmarshal(line, head) != nil || head.Journal != 1 {
				return nil, fmt.Errorf("%s %w", path, ErrNoJournal)
			}
			if head.Config != settings.Config {
				return nil, fmt.Errorf("%s %w (%s)", path, ErrOtherScan, head.Settings)
			}
		default:
			var l journalLine
			if err := json.Unmarshal(line, &l); err != nil || len(l.Endpoints) == 0 {
				return nil, fmt.Errorf("the journal %s is damaged at byte %d", path, end)
			}
			j.done[j.hash(keyOf(l.Endpoints[0]))]++
		}
		end += int64(len(line)) + 1
	}
	if err := j.file.Truncate(end); err != nil {
		return nil, fmt.Errorf("cutting the journal's last line: %w", err)
	}
	_, err = j.file.Seek(end, io.SeekStart)
	return head, err
}

// lines walks the whole lines of the file from its beginning.
func (j *Journal) lines() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if _, err := j.file.Seek(0, io.SeekStart); err != nil {
			yield(nil, err)
			return
		}
		in := bufio.NewScanner(j.file)
		in.Buffer(make([]byte, 0, 1<<16), maxJournalLine)
		in.Split(wholeLines)
		for in.Scan() {
			if !yield(in.Bytes(), nil) {
				return
			}
		}
		if err := in.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// wholeLines splits at line ends and drops a last line that has none.
func wholeLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF {
		return len(data), nil, nil
	}
	return 0, nil, nil
}

// Stored walks the endpoints of the targets that are finished already.
func (j *Journal) Stored() iter.Seq2[[]*reports.Endpoint, error] {
	return func(yield func([]*reports.Endpoint, error) bool) {
		if j == nil {
			return
		}
		first := true
		for line, err := range j.lines() {
			if first && err == nil {
				first = false
				continue
			}
			var l journalLine
			if err == nil {
				err = json.Unmarshal(line, &l)
			}
			if !yield(l.Endpoints, err) || err != nil {
				return
			}
		}
		if _, err := j.file.Seek(0, io.SeekEnd); err != nil {
			yield(nil, err)
		}
	}
}

// Has reports whether a target is finished, once for each time it is in the
// journal: a list may name a target twice.
func (j *Journal) Has(t scanner.Target) bool {
	if j == nil {
		return false
	}
	k := j.hash(targetKey(t.Text, t.Host, t.Port, t.ServerName, t.STARTTLS, t.Transport))
	if j.done[k] == 0 {
		return false
	}
	j.done[k]--
	return true
}

// Add appends a finished target. One that was called off is not finished.
func (j *Journal) Add(endpoints []reports.Endpoint) error {
	if j == nil {
		return nil
	}
	line := []byte(`{"endpoints":[`)
	for i := range endpoints {
		if e := endpoints[i].Error; e != nil && e.Code == string(scanner.Canceled) {
			return nil
		}
		if i > 0 {
			line = append(line, ',')
		}
		line = endpoints[i].AppendJSON(line)
	}
	if _, err := j.out.Write(append(line, "]}\n"...)); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	if j.pending++; j.pending >= syncLines || time.Since(j.synced) > syncAfter {
		return j.sync()
	}
	return nil
}

func (j *Journal) sync() error {
	j.pending, j.synced = 0, time.Now()
	err := j.out.Flush()
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	return nil
}

// Close writes what is pending and closes the file.
func (j *Journal) Close() error { return errors.Join(j.sync(), j.file.Close(), j.lock.Close()) }

func (j *Journal) hash(key string) uint64 { return maphash.String(j.seed, key) }

func keyOf(e *reports.Endpoint) string {
	return targetKey(e.Target, e.Host, e.Port, e.ServerName, e.STARTTLS, e.Transport)
}

func targetKey(text, host string, port uint16, name, dialect string, transport scanner.Transport) string {
	return fmt.Sprintf("%s\x00%s\x00%d\x00%s\x00%s\x00%s", reports.Clean(text), reports.Clean(host), port, reports.Clean(name), dialect,
		transport)
}

func settingsOf(config *Config, part string) journalSettings {
	flags := config.Flags(ScanCommand)
	if part != "" {
		flags = append(flags, "--shard", part)
	}
	if len(flags) == 0 {
		flags = []string{"none"}
	}
	return journalSettings{Settings: strings.Join(flags, " "), Config: strings.TrimSpace(fmt.Sprintf("%s %s", config.Hash(), part))}
}
