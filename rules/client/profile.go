package client

import "tlschain/rules/chain"

// A Profile is one client, or one version of it.
type Profile struct {
	ID    string
	Store *chain.Set
}
