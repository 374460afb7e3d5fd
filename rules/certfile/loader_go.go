package certfile

import "encoding/pem"

// readAsGo takes what tls.LoadX509KeyPair does: every CERTIFICATE block that
// encoding/pem finds. It steps over all else, damaged blocks included.
func readAsGo(text []byte) (certs [][]byte, ok bool) {
	for {
		var b *pem.Block
		if b, text = pem.Decode(text); b == nil {
			return certs, len(certs) > 0
		}
		if b.Type == "CERTIFICATE" {
			certs = append(certs, b.Bytes)
		}
	}
}
