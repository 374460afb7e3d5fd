package fetch

import (
	"context"
	"sync"
	"time"
)

// A Memory keeps what was fetched, so that each thing is fetched once, however
// many want it at a time. It is two generations of bounded size: room for every
// CA there is, while hostile URLs push out only one another. The zero value is
// ready; it must not be copied, and Bytes must not change once it is in use.
type Memory[V any] struct {
	Bytes int // that a generation may hold; 0: 8 MiB

	mu         sync.Mutex
	young, old map[string]*entry[V]
	held       int // bytes in young
}

const (
	generationKeys  = 4096
	generationBytes = 8 << 20
)

// A Kept is what a fetch gave.
type Kept[V any] struct {
	Value V
	Size  int       // in bytes
	Until time.Time // when it is to be fetched again; zero: never
	Void  bool      // cut short by its caller: no answer for anybody else
}

// An entry is a fetch that is under way until done is closed; then its result
// stands.
type entry[V any] struct {
	done chan struct{}
	Kept[V]
}

// Do gives what is known of a key, or what get fetches. ok is false where ctx
// ended while another's fetch was waited for.
func (m *Memory[V]) Do(ctx context.Context, key string, get func() Kept[V]) (v V, ok bool) {
	for {
		e, mine := m.claim(key)
		if mine {
			m.run(e, key, get)
			return e.Value, true
		}
		select {
		case <-e.done:
			switch {
			case e.Void:
			case !e.Until.IsZero() && time.Now().After(e.Until):
				m.forget(key, e)
			default:
				return e.Value, true
			}
		case <-ctx.Done():
			return v, false
		}
	}
}

// Len is how many keys are known.
func (m *Memory[V]) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.young) + len(m.old)
}

// claim finds a key's entry, or makes one that the caller must run.
func (m *Memory[V]) claim(key string) (e *entry[V], mine bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.young[key]; e != nil {
		return e, false
	}
	if e := m.old[key]; e != nil {
		m.keep(key, e)
		return e, false
	}
	e = &entry[V]{done: make(chan struct{})}
	m.keep(key, e)
	return e, true
}

func (m *Memory[V]) keep(key string, e *entry[V]) {
	limit := m.Bytes
	if limit == 0 {
		limit = generationBytes
	}
	if len(m.young) >= generationKeys || m.held > limit {
		m.young, m.old, m.held = nil, m.young, 0
	}
	if m.young == nil {
		m.young = make(map[string]*entry[V])
	}
	m.young[key] = e
	select {
	case <-e.done:
		m.held += e.Size
	default: // counted when it is done
	}
}

func (m *Memory[V]) run(e *entry[V], key string, get func() Kept[V]) {
	e.Kept = get()
	if e.Void {
		m.forget(key, e)
	} else {
		m.mu.Lock()
		m.held += e.Size
		m.mu.Unlock()
	}
	close(e.done)
}

func (m *Memory[V]) forget(key string, e *entry[V]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.young[key] == e {
		delete(m.young, key)
	}
	if m.old[key] == e {
		delete(m.old, key)
	}
}
