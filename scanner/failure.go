package scanner

// A Code is one word of the vocabulary of failures. Codes are part of the
// JSON contract: they are only ever added.
type Code string

// What may go wrong on the way to a certificate chain.
const (
	DNS         Code = "dns"         // the name does not resolve
	Refused     Code = "refused"     // connection refused
	Unreachable Code = "unreachable" // no route, network or host unreachable
	Timeout     Code = "timeout"     // the attempt ran out of time, wherever it was
	Reset       Code = "reset"       // the peer reset or closed the connection mid-way
	StartTLS    Code = "starttls"    // the dialect's preamble failed, or TLS is not offered
	Busy        Code = "busy"        // the server said "try later" (SMTP 421, too many connections)
	NotTLS      Code = "not_tls"     // the answer is not TLS at all
	Handshake   Code = "handshake"   // an alert, or no parameters in common
	TooLarge    Code = "too_large"   // the peer sent more than we are ready to read
	Proxy       Code = "proxy"       // the proxy refused or failed
	Local       Code = "local"       // our own machine gave out: descriptors, ports
	Excluded    Code = "excluded"    // the exclusion list forbids the host, or the address that its name leads to
	Canceled    Code = "canceled"    // the scan was interrupted before this target's turn ended
)

// A Failure says why an attempt ended without a chain, or, beside a chain,
// why the handshake did not complete.
type Failure struct {
	Code    Code
	Message string // for people; may quote the peer, so it is cleaned before it is shown
}

func (f *Failure) Error() string { return string(f.Code) + ": " + f.Message }
