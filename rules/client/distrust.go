package client

import (
	"slices"

	"github.com/tlschain/tlschain/rules/catalog"
)

// Distrusting gives the same clients with a list that each of them goes by, as
// --distrust asks.
func Distrusting(profiles []*Profile, list *catalog.Revocations) []*Profile {
	none := &Conditions{Revoked: []*catalog.Revocations{list}} // shared, so that those who asked for nothing stay alike
	out := make([]*Profile, len(profiles))
	for i, p := range profiles {
		q := *p
		if q.Conditions = none; p.Conditions != nil {
			own := *p.Conditions
			own.Revoked = append(slices.Clip(own.Revoked), list)
			q.Conditions = &own
		}
		out[i] = &q
	}
	return out
}
