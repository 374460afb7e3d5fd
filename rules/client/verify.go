package client

// A verifier is a way to verify a presented list. Clients of one verifier
// differ by the parameters in their Builder only. Each leaves the path and,
// where there is none, the fault in the path builder.
type verifier interface {
	// begin verifies what the client verifies before the leaf, and reports
	// whether it goes on.
	begin(pb *pathBuilder) bool
	// connect reports whether it finds a good path from n to an anchor.
	connect(pb *pathBuilder, n *node) bool
	// issuers appends to out what may have issued x, the best first.
	// onlyStore: what was sent does not count any more.
	issuers(pb *pathBuilder, out []*edge, x *node, onlyStore bool) []*edge
	// checkPath holds a finished path to what this verifier alone asks for;
	// nil: it meets that.
	checkPath(pb *pathBuilder) *pathError
	// everyEntry reports whether it verifies each entry for itself, so that
	// one off the path may be fatal.
	everyEntry() bool
}

// verifier gives the way in which the client verifies.
func (b *Builder) verifier() verifier {
	switch {
	case b.ListValidation:
		return gnuTLS{}
	case b.SignerTableSize > 0:
		return wolfSSL{}
	}
	return depthFirst{}
}
