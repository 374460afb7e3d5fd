package chain

import "sync"

// A Cache remembers answers across chains and goroutines, in two generations:
// when the young one is full it becomes the old one, whose answers are forgotten.
// So a scan of ten million distinct leaves does not grow. The zero value is ready.
type Cache[K comparable, V any] struct {
	mu         sync.RWMutex
	young, old map[K]V
}

// Get gives the answer to k, if it is remembered.
func (c *Cache[K, V]) Get(k K) (V, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.young[k]
	if !ok {
		v, ok = c.old[k]
	}
	return v, ok
}

// Put keeps an answer; a generation holds at most size of them.
func (c *Cache[K, V]) Put(k K, v V, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.young) >= size {
		c.young, c.old = nil, c.young
	}
	if c.young == nil {
		c.young = make(map[K]V)
	}
	c.young[k] = v
}
