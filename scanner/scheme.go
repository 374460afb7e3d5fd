package scanner

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tlschain/tlschain/scanner/starttls"
)

// tlsPort names the port of the schemes whose connections begin with TLS; 0
// for any other. tls:// says just that, and leaves the port open.
func tlsPort(scheme string) (port uint16, ok bool) {
	switch scheme {
	case "tls":
		return 0, true
	case "https", "wss":
		return 443, true
	case "smtps", "submissions":
		return 465, true // RFC 8314 section 7.3
	case "imaps":
		return 993, true
	case "pop3s":
		return 995, true
	case "ldaps":
		return 636, true
	case "ftps":
		return 990, true
	case "ircs":
		return 6697, true // RFC 7194
	}
	return 0, false
}

// parseScheme takes in what a URL's scheme says and returns its authority.
func (p *parsedTarget) parseScheme(scheme, rest string) (authority string, err error) {
	if dialect, ok := strings.CutPrefix(scheme, "starttls+"); ok {
		if _, ok := starttls.DefaultPort(dialect); !ok {
			return "", fmt.Errorf("no STARTTLS dialect is called %q: type one of %s", dialect, strings.Join(starttls.Dialects(), ", "))
		}
		p.dialect, p.scheme = dialect, true
		if strings.Count(rest, "/") == 1 && !strings.HasSuffix(rest, "/") {
			return rest, nil // may be a network; a path makes no sense here and is refused as a host
		}
		return strings.TrimSuffix(rest, "/"), nil
	}
	if scheme == "quic" {
		p.transport, p.scheme = QUIC, true
		if strings.Count(rest, "/") == 1 && !strings.HasSuffix(rest, "/") && looksLikeAddress(rest[:strings.IndexByte(rest, '/')]) {
			return rest, nil // a network
		}
		if rest, _, _ = strings.Cut(rest, "/"); rest == "" {
			return "", errors.New("quic:// names no host: type quic://example.com")
		}
		return rest, nil
	}
	port, ok := tlsPort(scheme)
	if !ok {
		if _, known := starttls.DefaultPort(scheme); known {
			return "", fmt.Errorf("%s:// begins in clear text: type starttls+%s://%s", scheme, scheme, rest)
		}
		if scheme == "http" {
			return "", fmt.Errorf("http:// has no certificates: type https://%s", rest)
		}
		return "", fmt.Errorf("unknown scheme %q: type host:port, https://host/, quic://host or starttls+smtp://host", scheme+"://")
	}
	p.scheme = true
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	if strings.Contains(rest, "@") {
		return "", fmt.Errorf("a URL with a user name is not a target: type SERVERNAME@address:port to send a name of your own, " +
			"else leave out what is before the @")
	}
	rest = strings.Replace(rest, "%25", "%", 1) // RFC 6874 section 2: a zone's percent sign in a URL
	p.port = port
	return rest, nil
}

// cutLast cuts around the last sep.
func cutLast(text, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(text, sep); i >= 0 {
		return text[:i], text[i+len(sep):], true
	}
	return "", text, false
}
