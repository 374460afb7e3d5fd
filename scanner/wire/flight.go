package wire

// A flight reads what a server sends from its ServerHello to its Certificate.
type flight struct {
	messages
	client client
	pool   *Pool // of certificates
}

// A client is what the reader must know of the one who said hello; the tape
// and the two bare hellos are clients.
type client interface {
	// secret returns the server's handshake traffic secret of TLS 1.3.
	// message is the whole ServerHello.
	secret(suite suite13, hello serverHello, message []byte) ([]byte, error)
	// retry answers a HelloRetryRequest.
	retry(suite suite13, hello serverHello, message []byte) error
}

// presented reads up to the Certificate message. It fails with ErrTooLarge,
// ErrMalformed, errNoCertificate, *NotTLS, *Alert, or the reader's own error;
// the version and cipher suite are there as far as they were agreed on.
func (f *flight) presented() (p Presented, err error) {
	retried := false
	for {
		message, err := f.next()
		if err != nil {
			return p, err
		}
		switch kind := message[0]; kind {
		case messageServerHello:
			if p.Version != 0 {
				return p, malformed("a second ServerHello")
			}
			hello, err := parseServerHello(message[4:])
			if err != nil {
				return p, err
			}
			if hello.retry {
				if retried {
					return p, malformed("a second HelloRetryRequest")
				}
				retried = true
				if err := f.again(hello, message); err != nil {
					return p, err
				}
				continue
			}
			p.Version, p.Cipher, p.SCTs = hello.version, hello.cipher, hello.scts
			if hello.version == versionTLS13 {
				if err := f.unlock(hello, message); err != nil {
					return p, err
				}
			}
		case messageCertificate:
			if p.Version == 0 {
				return p, malformed("a Certificate before the ServerHello")
			}
			err = p.readCertificate(message[4:], f.pool)
			return p, err
		case messageHelloRequest:
		case messageEncryptedExtensions, messageCertificateRequest:
			if p.Version != versionTLS13 {
				return p, malformed("a message of type %d before the Certificate", kind)
			}
			if kind == messageCertificateRequest {
				p.readRequest(message[4:])
			}
		default:
			if p.Version == 0 {
				return p, malformed("a message of type %d before the ServerHello", kind)
			}
			return p, errNoCertificate
		}
	}
}

func (f *flight) again(hello serverHello, message []byte) error {
	suite, err := suiteByID(hello.cipher)
	if err != nil {
		return err
	}
	return f.client.retry(suite, hello, message)
}

// unlock changes to the keys of TLS 1.3. Nothing may follow the ServerHello in
// its record (RFC 8446 section 5.1).
func (f *flight) unlock(hello serverHello, message []byte) error {
	if f.done != len(f.hand) {
		return malformed("clear text after the ServerHello of TLS 1.3")
	}
	suite, err := suiteByID(hello.cipher)
	if err != nil {
		return err
	}
	secret, err := f.client.secret(suite, hello, message)
	if err != nil {
		return err
	}
	f.opener, err = newOpener(suite, secret)
	return err
}

// rest reads what TLS 1.2 may say after the Certificate, as far as it is there:
// the OCSP response and the request for a client's certificate.
func (f *flight) rest(p *Presented) {
	for {
		message, err := f.next()
		if err != nil {
			return
		}
		switch message[0] {
		case messageCertificateStatus:
			p.Staple = parseStatus(message[4:])
		case messageServerKeyExchange:
		case messageCertificateRequest:
			p.readRequest(message[4:])
			return
		default:
			return
		}
	}
}
