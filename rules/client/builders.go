package client

// Builders gives the parameters of every client that was measured, by profile
// id. The evidence stands beside them: ids in brackets are scenarios of the
// measured runs (Debian 12, loopback, 2026-11-22), r and four digits a random
// chain.
func Builders() map[string]Builder {
	all := openSSL()
	for id, b := range singlePath() {
		all[id] = b
	}
	for id, b := range searching() {
		all[id] = b
	}
	for id, b := range all {
		all[id] = refusing(id, b)
	}
	return all
}

// checkPath is what nearly everybody holds a presented certificate to.
const checkPath = Signature | Dates | CA | CertSign | PathLen | EKU | NameLimits | Algorithms | Unknown

// with changes a copy of a builder.
func with(b Builder, change func(*Builder)) Builder {
	change(&b)
	return b
}
