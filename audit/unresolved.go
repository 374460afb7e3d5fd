package audit

import (
	"context"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
)

// Where all addresses of a name are looked at, a name that does not resolve
// now tells nothing of which addresses it has. Those that it had are as
// unreachable as the name, and not gone.

// unresolved reports whether an endpoint stands for all addresses of a name.
func unresolved(e *reports.Endpoint) bool {
	return e.Status == reports.Failed && e.Error != nil && e.Error.Code == string(scanner.DNS) && e.Address == ""
}

// expandUnresolved puts the addresses that are known in the place of names that do not
// resolve. A name that never did stands for itself.
func (r *auditRun) expandUnresolved(ctx context.Context, some []seenEndpoint) ([]seenEndpoint, error) {
	if !r.group.AllAddresses {
		return some, nil
	}
	var out []seenEndpoint
	for _, s := range some {
		if !s.unresolved {
			out = append(out, s)
			continue
		}
		keys, err := r.auditor.DB.Keys(context.WithoutCancel(ctx), r.group.Name, addressKeys(s.Key))
		if err != nil {
			return nil, err
		}
		if len(keys) == 0 {
			keys = []string{s.Key}
		}
		for _, key := range keys {
			s.Key = key
			out = append(out, s)
		}
	}
	return out, nil
}
