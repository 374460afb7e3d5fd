package chain

// A Role is what a presented certificate is in its chain.
type Role string

// The roles. They are part of the JSON contract.
const (
	Leaf         Role = "leaf"
	Intermediate Role = "intermediate"
	Cross        Role = "cross" // certifies a key that also has a known self-signed certificate
	Root         Role = "root"
	Wrong        Role = "wrong" // stands in for an issuer: right name or line, other key
	Duplicate    Role = "duplicate"
	Unrelated    Role = "unrelated"
	Unparsable   Role = "unparsable"
)
