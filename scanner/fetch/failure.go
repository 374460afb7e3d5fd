package fetch

import "fmt"

// A Code is one word of why a fetch gave nothing. Codes are only ever added.
type Code string

// What may go wrong with a URL.
const (
	BadURL   Code = "url"       // not a URL that can be fetched: no http, no host, too long
	Address  Code = "address"   // it leads to an address outside the public Internet
	DNS      Code = "dns"       // its host does not resolve
	Connect  Code = "connect"   // nobody answers there
	Timeout  Code = "timeout"   // no whole answer in time
	Redirect Code = "redirect"  // too many redirects, a loop, or one that leaves http
	Status   Code = "status"    // the answer is not 200
	TooLarge Code = "too_large" // the answer is larger than anything of its kind
	Format   Code = "format"    // the answer is not what was asked for
	TooMany  Code = "too_many"  // the target's budget of fetches is spent
	Canceled Code = "canceled"  // the caller gave up
)

// A Failure says why a URL gave nothing.
type Failure struct {
	Code    Code
	Message string // for people; may quote the peer, so clean it before showing
}

func (f *Failure) Error() string { return string(f.Code) + ": " + f.Message }

// Failed makes a failure.
func Failed(code Code, format string, args ...any) *Failure {
	return &Failure{code, fmt.Sprintf(format, args...)}
}
