package fetch

import (
	"context"
	"sync"
	"time"
)

// A Cache keeps what was fetched, so that each thing is fetched once, however
// many want it at a time. It is two generations of bounded size: room for every
// CA there is, while hostile URLs push out only one another. The zero value is
// ready; it must not be copied, and Bytes must not change once it is in use.
type Cache[V any] struct {
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
func (c *Cache[V]) Do(ctx context.Context, key string, get func() Kept[V]) (v V, ok bool) {
	for {
		e, mine := c.claim(key)
		if mine {
			c.run(e, key, get)
			return e.Value, true
		}
		select {
		case <-e.done:
			switch {
			case e.Void:
			case !e.Until.IsZero() && time.Now().After(e.Until):
				c.forget(key, e)
			default:
				return e.Value, true
			}
		case <-ctx.Done():
			return v, false
		}
	}
}

// Len is how many keys are known.
func (c *Cache[V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.young) + len(c.old)
}

// claim finds a key's entry, or makes one that the caller must run.
func (c *Cache[V]) claim(key string) (e *entry[V], mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.young[key]; e != nil {
		return e, false
	}
	if e := c.old[key]; e != nil {
		c.keep(key, e)
		return e, false
	}
	e = &entry[V]{done: make(chan struct{})}
	c.keep(key, e)
	return e, true
}

func (c *Cache[V]) keep(key string, e *entry[V]) {
	limit := c.Bytes
	if limit == 0 {
		limit = generationBytes
	}
	if len(c.young) >= generationKeys || c.held > limit {
		c.young, c.old, c.held = nil, c.young, 0
	}
	if c.young == nil {
		c.young = make(map[string]*entry[V])
	}
	c.young[key] = e
	select {
	case <-e.done:
		c.held += e.Size
	default: // counted when it is done
	}
}

func (c *Cache[V]) run(e *entry[V], key string, get func() Kept[V]) {
	e.Kept = get()
	if e.Void {
		c.forget(key, e)
	} else {
		c.mu.Lock()
		c.held += e.Size
		c.mu.Unlock()
	}
	close(e.done)
}

func (c *Cache[V]) forget(key string, e *entry[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young[key] == e {
		delete(c.young, key)
	}
	if c.old[key] == e {
		delete(c.old, key)
	}
}
