package history

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Tags are what the user says of an endpoint, as name=value: each between line
// ends, by name, so that a query finds one whole.
type Tags string

// NewTags writes tags. A line end in one becomes a blank.
func NewTags(tags map[string]string) Tags {
	if len(tags) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteByte('\n')
	oneLine := strings.NewReplacer("\n", " ")
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		b.WriteString(oneLine.Replace(name) + "=" + oneLine.Replace(tags[name]) + "\n")
	}
	return Tags(b.String())
}

// All are the tags by name.
func (t Tags) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for line := range strings.SplitSeq(strings.Trim(string(t), "\n"), "\n") {
			if name, value, ok := strings.Cut(line, "="); ok && !yield(name, value) {
				return
			}
		}
	}
}

// Get is the value of a tag, empty without it.
func (t Tags) Get(name string) string {
	for known, value := range t.All() {
		if known == name {
			return value
		}
	}
	return ""
}

// A TagCount is how many endpoints of a group with the same tags are in one
// condition.
type TagCount struct {
	Tags   Tags
	Status string
	Worst  int
	N      int
}

// TagCounts counts the endpoints of a group that are there by their tags.
func (db *DB) TagCounts(ctx context.Context, group string) ([]TagCount, error) {
	var found []TagCount
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var c TagCount
		err := rows.Scan(&c.Tags, &c.Status, &c.Worst, &c.N)
		found = append(found, c)
		return err
	}, "SELECT e.tags, e.status, e.worst, count(*) FROM endpoint e"+listed+" AND e.grp = $1 GROUP BY e.tags, e.status, e.worst", group)
	if err != nil {
		return nil, fmt.Errorf("counting endpoints by tags: %w", err)
	}
	return found, nil
}

// renewTags writes the tags of endpoints that have others than before.
func renewTags(ctx context.Context, tx *sql.Tx, ids map[string]int64, endpoints map[string]*Seen) error {
	byID := make(map[int64]Tags, len(ids))
	for key, id := range ids {
		byID[id] = endpoints[key].Tags
	}
	var changed []int64
	for some := range slices.Chunk(slices.Sorted(maps.Keys(byID)), chunk) {
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		err := each(ctx, tx, func(rows *sql.Rows) error {
			var id int64
			var tags Tags
			err := rows.Scan(&id, &tags)
			if tags != byID[id] {
				changed = append(changed, id)
			}
			return err
		}, "SELECT id, tags FROM endpoint WHERE id IN ("+numbered(0, len(some))+")", args...)
		if err != nil {
			return err
		}
	}
	for _, id := range changed {
		if _, err := tx.ExecContext(ctx, "UPDATE endpoint SET tags = $2 WHERE id = $1", id, string(byID[id])); err != nil {
			return err
		}
	}
	return nil
}
