package scanner

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
)

// onceKept is how many targets Once remembers; what repeats one beyond them is
// scanned again.
const onceKept = 1 << 17

// A Repeat is a target that came before, and where.
type Repeat struct {
	Target
	FirstList string // the List of the one that came before
	FirstLine int    // its Line
}

// String tells which target repeats which, by their lines.
func (r Repeat) String() string {
	text := r.Text
	if r.List != "" {
		text = fmt.Sprintf("%s:%d: %s", r.List, r.Line, r.Text)
	}
	switch {
	case r.FirstList == "":
		return text + " repeats a target that came before"
	case r.FirstList != r.List:
		return fmt.Sprintf("%s repeats the target of %s:%d", text, r.FirstList, r.FirstLine)
	}
	return fmt.Sprintf("%s repeats the target of line %d", text, r.FirstLine)
}

// Once leaves out targets that came before, whatever they were typed as, and
// hands each to repeated. Their tags are those of the first.
func Once(targets iter.Seq2[Target, error], repeated func(Repeat)) iter.Seq2[Target, error] {
	return func(yield func(Target, error) bool) {
		type place struct{ list, line int32 }
		var lists []string // by the numbers that places give them
		seen := make(map[[16]byte]place)
		for t, err := range targets {
			if err == nil {
				key := t.key()
				if first, ok := seen[key]; ok {
					repeated(Repeat{t, lists[first.list], int(first.line)})
					continue
				}
				if len(seen) < onceKept {
					list := slices.Index(lists, t.List)
					if list < 0 {
						list = len(lists)
						lists = append(lists, t.List)
					}
					seen[key] = place{int32(list), int32(t.Line)}
				}
			}
			if !yield(t, err) {
				return
			}
		}
	}
}

// key is the same for two targets that show the same.
func (t *Target) key() [16]byte {
	text := make([]byte, 0, 256)
	for _, field := range [...]string{t.Host, t.ServerName, t.STARTTLS, t.Expect, string(t.Transport)} {
		text = append(append(text, field...), 0)
	}
	text = t.Addr.AppendTo(binary.BigEndian.AppendUint16(text, t.Port))
	sum := sha256.Sum256(text)
	return [16]byte(sum[:16])
}
