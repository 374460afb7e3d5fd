package scanner

import (
	"crypto/sha256"
	"fmt"
	"iter"
)

// onceKept is how many targets Once remembers; what repeats one beyond them is
// scanned again.
const onceKept = 1 << 17

// Once leaves out targets that came before, whatever they were typed as, and
// hands each to repeated. Their tags are those of the first.
func Once(targets iter.Seq2[Target, error], repeated func(Target)) iter.Seq2[Target, error] {
	return func(yield func(Target, error) bool) {
		seen := make(map[[16]byte]struct{})
		for t, err := range targets {
			if err == nil {
				key := t.key()
				if _, ok := seen[key]; ok {
					repeated(t)
					continue
				}
				if len(seen) < onceKept {
					seen[key] = struct{}{}
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
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s %v %s %s %s", t.Host, t.Port, t.ServerName, t.Addr, t.STARTTLS, t.Expect, t.Transport))
	return [16]byte(sum[:16])
}
