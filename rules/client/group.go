package client

// A Group is a set of clients that people choose together.
type Group string

// The groups, narrowest first; each holds the ones before it.
const (
	Modern Group = "modern"
	Broad  Group = "broad"
	Legacy Group = "legacy"
)
