package audit

import (
	"sync"
	"time"
)

// engineIdle is how long a ScanFunc is kept that no shard uses: the next shard
// of its audit comes within moments, if at all.
const engineIdle = time.Minute

// engines keeps the ScanFunc of each audit whose shards are done here: what it
// has learnt, such as issuers that it fetched, is worth more than what it takes,
// and its pace is that of all of them together.
type engines struct {
	mu    sync.Mutex
	known map[int64]*sharedEngine // by audit
}

type sharedEngine struct {
	once  sync.Once
	look  ScanFunc
	err   error
	users int
	idle  *time.Timer // forgets it; nil: it is in use
}

// use gives the ScanFunc of an audit, until release.
func (e *engines) use(audit int64, g *Group, a *Auditor) (look ScanFunc, release func(), err error) {
	e.mu.Lock()
	if e.known == nil {
		e.known = map[int64]*sharedEngine{}
	}
	s := e.known[audit]
	if s == nil {
		s = new(sharedEngine)
		e.known[audit] = s
	}
	s.users++
	if s.idle != nil {
		s.idle.Stop()
		s.idle = nil
	}
	e.mu.Unlock()
	s.once.Do(func() { s.look, s.err = a.Engine(g, a.Clock.at(a.DB)) })
	release = func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		if s.users--; s.users > 0 {
			return
		}
		if s.err != nil {
			delete(e.known, audit) // the file that lacks may be there at the next attempt
			return
		}
		s.idle = time.AfterFunc(engineIdle, func() { e.forget(audit, s) })
	}
	if s.err != nil {
		release()
		return nil, nil, s.err
	}
	return s.look, release, nil
}

func (e *engines) forget(audit int64, s *sharedEngine) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.users == 0 && e.known[audit] == s {
		delete(e.known, audit)
	}
}
