package certfile

import (
	"bytes"
	"encoding/base64"
)

// readBase64 reads a file whose text is base64 of a certificate file, without
// the lines that say so: what cloud consoles hand out. ok is false if it is
// something else.
func readBase64(data []byte, passwords []string) (chains []Chain, ok bool) {
	inner, ok := fromBase64(data)
	if !ok {
		return nil, false
	}
	chains, err := read(inner, passwords)
	if err != nil {
		return nil, false
	}
	flaw := Flaw{
		Lines: []int{1}, Loaders: []Loader{OpenSSL, Go, Java}, What: "the text is base64 without BEGIN and END lines",
		Fix: "Decode it (base64 -d file.pem > new.der; openssl x509 -inform DER -in new.der), " +
			"or put -----BEGIN CERTIFICATE----- before it and -----END CERTIFICATE----- behind.",
	}
	if isPEM(inner) {
		flaw.What, flaw.Fix = pemInBase64, pemInBase64Fix
	}
	for i := range chains {
		chains[i].Flaws = append([]Flaw{flaw}, chains[i].Flaws...)
	}
	return chains, true
}

func fromBase64(text []byte) ([]byte, bool) {
	text = bytes.Map(withoutBlanks, bytes.TrimPrefix(bytes.TrimSpace(text), []byte("\ufeff")))
	text = bytes.Trim(text, `"'`)
	text = bytes.TrimRight(text, "=")
	if len(text) < 64 {
		return nil, false
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		out := make([]byte, encoding.DecodedLen(len(text)))
		if n, err := encoding.Decode(out, text); err == nil {
			return out[:n], true
		}
	}
	return nil, false
}
