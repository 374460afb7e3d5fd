package chain

import "sync"

// A Memory remembers answers across chains and goroutines, in two generations:
// when the young one is full it becomes the old one, whose answers are forgotten.
// So a scan of ten million distinct leaves does not grow. The zero value is ready.
type Memory[K comparable, V any] struct {
	mu         sync.RWMutex
	young, old map[K]V
}

// Recall gives the answer to k, if it is remembered.
func (m *Memory[K, V]) Recall(k K) (V, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, ok := m.young[k]
	if !ok {
		v, ok = m.old[k]
	}
	return v, ok
}

// Remember keeps an answer; a generation holds at most size of them.
func (m *Memory[K, V]) Remember(k K, v V, size int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.young) >= size {
		m.young, m.old = nil, m.young
	}
	if m.young == nil {
		m.young = make(map[K]V)
	}
	m.young[k] = v
}
