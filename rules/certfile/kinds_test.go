package certfile_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"regexp"
	"strings"
	"testing"
)

// fileKinds writes one chain, the leaf and its issuer, in every way in which
// people were seen to write it.
func fileKinds(t *testing.T, h hierarchy) map[string]string {
	leaf, ca := string(h.ecdsa.PEM()), string(h.ca.PEM())
	good := leaf + ca
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8(t, h.ecdsa.Key.Signer)}))
	swap := func(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
	each := func(line string) string {
		return regexp.MustCompile(`(?m)^(.+)$`).ReplaceAllString(good, line)
	}
	raw := base64.StdEncoding.EncodeToString(h.ecdsa.DER)
	quoted, err := json.Marshal(map[string]string{"certificate": good})
	if err != nil {
		t.Fatal(err)
	}
	wide := regexp.MustCompile(`.{1,76}`).ReplaceAllString(raw, "$0\n")
	trusted := func(der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: "TRUSTED CERTIFICATE", Bytes: append(bytes.Clone(der), 0x30, 0)}))
	}
	const begin, end = "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"
	return map[string]string{
		"good":                          good,
		"CRLF":                          swap(good, "\n", "\r\n"),
		"no line feed at the end":       strings.TrimSpace(good),
		"blanks at line ends":           swap(good, "\n", " \t\n"),
		"blank lines between":           leaf + "\n\n" + ca,
		"comments":                      "subject=CN = x\nissuer: y\n" + leaf + "# hello: you\n" + ca + "the end\n",
		"comments, not ASCII":           "Zertifikat für Bücher\n" + good,
		"a comment on PEM":              "Copy from -----BEGIN CERTIFICATE-----\nto -----END CERTIFICATE-----\n" + good,
		"control Z at the end":          good + "\x1a",
		"the key first":                 key + good,
		"the key last":                  good + key,
		"one line of base64":            begin + raw + "\n" + end + ca,
		"lines of 76":                   begin + wide + end + ca,
		"uneven lines":                  swap(good, "MII", "MII\n"),
		"byte order mark":               "\ufeff" + good,
		"byte order mark, twice":        "\ufeff" + leaf + "\ufeff" + ca,
		"byte order mark, inside":       leaf + "\ufeff" + ca,
		"X509 label":                    swap(good, "CERTIFICATE", "X509 CERTIFICATE"),
		"X509 label, issuer":            leaf + swap(ca, "CERTIFICATE", "X509 CERTIFICATE"),
		"NEW label":                     swap(leaf, "CERTIFICATE", "NEW CERTIFICATE") + ca,
		"trusted":                       trusted(h.ecdsa.DER) + ca,
		"trusted, issuer":               leaf + trusted(h.ca.DER),
		"trusted in name":               swap(leaf, "CERTIFICATE", "TRUSTED CERTIFICATE") + ca,
		"labels of a manual":            swap(leaf, "CERTIFICATE", "MY CERTIFICATE") + swap(ca, "CERTIFICATE", "INTERMEDIATE CERTIFICATE"),
		"an encrypted key behind":       good + "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,3146D337D30F4136316E455AFB8C2660\n\nOTlm\n-----END EC PRIVATE KEY-----\n",
		"comments in no encoding":       leaf + "\xff\xfe mangled \xc3\n" + ca,
		"blank lines before":            "\n\n\n" + good,
		"bag attributes":                "Bag Attributes\n    friendlyName: x\n    localKeyID: B9 FD\nsubject=/C=AU\n" + leaf + "Bag Attributes: <No Attributes>\n" + ca,
		"small letters":                 swap(good, "CERTIFICATE", "certificate"),
		"blank line after BEGIN":        swap(good, begin, begin+"\n"),
		"and lines of 76":               begin + "\n" + wide + end + ca,
		"blank line before END":         swap(good, "-----END", "\n-----END"),
		"blank line before END, issuer": leaf + swap(ca, "-----END", "\n-----END"),
		"blank lines everywhere":        swap(good, "\n", "\n\n"),
		"line of blanks":                swap(good, "-----END", "   \n-----END"),
		"header":                        swap(leaf, begin, begin+"x-name: 1\n\n") + ca,
		"header, issuer":                leaf + swap(ca, begin, begin+"x-name: 1\n\n"),
		"header, no blank line":         swap(leaf, begin, begin+"x-name: 1\n") + ca,
		"CR CR LF":                      swap(good, "\n", "\r\r\n"),
		"CR":                            swap(good, "\n", "\r"),
		"CR, with the key":              swap(key+good, "\n", "\r"),
		"LF CR":                         swap(good, "\n", "\n\r"),
		"blanks for line feeds":         swap(good, "\n", " "),
		"no line feeds":                 swap(good, "\n", ""),
		"blanks in the first":           swap(leaf, "\n", " ") + "\n" + ca,
		"escaped":                       swap(good, "\n", `\n`),
		"escaped, in quotes":            `CERT="` + swap(good, "\n", `\r\n`) + "\"\n",
		"JSON":                          string(quoted),
		"JSON with escaped slashes":     swap(string(quoted), "/", `\/`),
		"percent":                       swap(good, "BEGIN ", "BEGIN%20", "END ", "END%20", "\n", "%0A", "+", "%2B", "/", "%2F", "=", "%3D"),
		"indented":                      each("    $1"),
		"tabs":                          each("\t$1"),
		"indented, issuer":              leaf + "  " + swap(strings.TrimSpace(ca), "\n", "\n  ") + "\n",
		"quoted in a mail":              each("> $1"),
		"assigned":                      "cert = " + good,
		"in quotes":                     `"` + strings.TrimSpace(good) + "\"\n",
		"text behind END":               swap(good, "END CERTIFICATE-----", "END CERTIFICATE----- # the end"),
		"no-break space":                swap(good, "\n", "\u00a0\n"),
		"base64 of DER":                 raw + "\n",
		"base64 of PEM":                 base64.StdEncoding.EncodeToString([]byte(good)),
	}
}
