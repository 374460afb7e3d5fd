//go:build !unix

package tlschain

// NoCoreFiles has nothing to do where the memory of a process is not written into
// files.
func NoCoreFiles() error { return nil }
