package client

// A slab gives out values that are taken back together, to be given out again.
// They are as they were left: whoever takes one makes it anew.
type slab[T any] struct {
	all  []*T
	used int
}

// next gives a value that nobody has.
func (s *slab[T]) next() *T {
	if s.used == len(s.all) {
		s.all = append(s.all, new(T))
	}
	s.used++
	return s.all[s.used-1]
}

// keep bounds what waits for the next list: a hostile one may need a thousand
// times what usual ones do.
const keep = 256

// takeBack takes all values back.
func (s *slab[T]) takeBack() {
	s.used = 0
	if len(s.all) > keep {
		s.all = nil
	}
}

// anew gives a slice of n zero values, in the place of an old one if that is
// long enough.
func anew[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n)
	}
	old = old[:n]
	clear(old)
	return old
}
