package reports

import "time"

// Expires is when the first of the clients that accept the chain loses its
// path: the earliest end of what any of their paths holds, without the anchor,
// which is the client's own. That is what to be alarmed by: clients that hold
// on longer do not help those that break first. A stale cross-certificate that
// no client uses does not count. Where no client accepts, it is the leaf's end;
// the zero time if there is no leaf.
func (e *Endpoint) Expires() (first time.Time) {
	for i := range e.Clients {
		c := &e.Clients[i]
		if !c.Accepted {
			continue
		}
		path := c.Path
		if n := len(path); n > 1 {
			path = path[:n-1]
		}
		for _, h := range path {
			if t := e.notAfter(h); !t.IsZero() && (first.IsZero() || t.Before(first)) {
				first = t
			}
		}
	}
	if l := e.leaf(); first.IsZero() && l != nil {
		first = l.NotAfter
	}
	return first
}

// notAfter is when a certificate of a path ends; the zero time: not known. Find
// would make something anew for each, which all endpoints of a scan pay for.
func (e *Endpoint) notAfter(h Hash) time.Time {
	for i := range e.Chain {
		if e.Chain[i].SHA256 == h {
			return e.Chain[i].NotAfter
		}
	}
	for i := range e.Unsent {
		if e.Unsent[i].SHA256 == h {
			return e.Unsent[i].NotAfter
		}
	}
	return time.Time{}
}
