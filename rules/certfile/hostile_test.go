package certfile_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// refused holds that a file is refused for what it asks for. If it were not, the
// test would run for an hour or end for want of memory.
func refused(t *testing.T, what string, data []byte, want string) {
	t.Helper()
	if _, err := certfile.Read(data); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: %v; want %q", what, err, want)
	}
}

// TestLengthsOfJKSAreNotBelieved: each of these lengths made the program make
// room for 2 GiB, and end with the runtime's own error.
func TestLengthsOfJKSAreNotBelieved(t *testing.T) {
	store := func(parts ...any) []byte {
		b := []byte{0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2}
		for _, part := range parts {
			switch p := part.(type) {
			case uint32:
				b = binary.BigEndian.AppendUint32(b, p)
			case string:
				b = append(binary.BigEndian.AppendUint16(b, uint16(len(p))), p...)
			case []byte:
				b = append(b, p...)
			}
		}
		return append(b, make([]byte, 40)...)
	}
	const huge = uint32(0x7fffffff)
	date := make([]byte, 8)
	for what, data := range map[string][]byte{
		"entries":     store(huge, uint32(2), "a", date, "X.509", uint32(1), []byte{0}),
		"a key":       store(uint32(1), uint32(1), "a", date, huge),
		"a chain":     store(uint32(1), uint32(1), "a", date, uint32(1), []byte{0}, huge),
		"certificate": store(uint32(1), uint32(2), "a", date, "X.509", huge),
		"all ones":    store(uint32(1), uint32(1), "a", date, ^uint32(0)),
	} {
		if what != "entries" {
			refused(t, what, data, "cut off or damaged")
		} else if _, err := certfile.Read(data); err == nil {
			t.Error("a store of 2^31 entries in 60 bytes was read")
		}
	}
}

// pfx makes a PKCS #12 file of these safes, whose MAC wants so many rounds.
func pfx(t *testing.T, rounds int64, safes ...any) []byte {
	t.Helper()
	sha256 := asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	return der(t, struct {
		Version int
		Auth    contentInfo
		MAC     struct {
			Digest struct {
				Alg    struct{ ID asn1.ObjectIdentifier }
				Digest []byte
			}
			Salt   []byte
			Rounds int64
		}
	}{3, data(t, der(t, safes)), struct {
		Digest struct {
			Alg    struct{ ID asn1.ObjectIdentifier }
			Digest []byte
		}
		Salt   []byte
		Rounds int64
	}{Digest: struct {
		Alg    struct{ ID asn1.ObjectIdentifier }
		Digest []byte
	}{struct{ ID asn1.ObjectIdentifier }{sha256}, make([]byte, 32)}, Salt: make([]byte, 8), Rounds: rounds}})
}

type contentInfo struct {
	Kind    asn1.ObjectIdentifier
	Content asn1.RawValue
}

func data(t *testing.T, content []byte) contentInfo {
	t.Helper()
	octets := der(t, content)
	return contentInfo{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}, asn1.RawValue{Class: 2, Tag: 0, IsCompound: true, Bytes: octets}}
}

func der(t *testing.T, v any) []byte {
	t.Helper()
	b, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shrouded is a safe with a key bag that wants so many rounds.
func shrouded(t *testing.T, rounds int64) contentInfo {
	t.Helper()
	type algorithm struct {
		ID     asn1.ObjectIdentifier
		Params struct {
			Salt   []byte
			Rounds int64
		}
	}
	key := der(t, struct {
		Alg  algorithm
		Text []byte
	}{algorithm{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1, 3}, struct {
		Salt   []byte
		Rounds int64
	}{make([]byte, 8), rounds}}, make([]byte, 16)})
	bag := contentInfo{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}, asn1.RawValue{Class: 2, Tag: 0, IsCompound: true, Bytes: key}}
	return data(t, der(t, []contentInfo{bag}))
}

// TestRoundsOfPKCS12AreBounded: the MAC of such a file was computed for an hour.
func TestRoundsOfPKCS12AreBounded(t *testing.T) {
	const want = "rounds of key derivation"
	refused(t, "a MAC of 2^31 rounds", pfx(t, 1<<31-1), want)
	refused(t, "a MAC of 2^62 rounds", pfx(t, 1<<62), want)
	refused(t, "a key of 2^31 rounds", pfx(t, 1, shrouded(t, 1<<31-1)), want)
	refused(t, "six keys of a million rounds", pfx(t, 1, shrouded(t, 1e6), shrouded(t, 1e6), shrouded(t, 1e6), shrouded(t, 1e6),
		shrouded(t, 1e6), shrouded(t, 1e6)), want)
	if _, err := certfile.Read(pfx(t, 2048, shrouded(t, 2048))); err == nil || strings.Contains(err.Error(), want) {
		t.Errorf("2048 rounds, as OpenSSL asks for: %v", err)
	}
}

// TestLinesOfPEMAreBounded: a million BEGIN lines took 450 MB and many seconds,
// in whatever way the lines are broken.
func TestLinesOfPEMAreBounded(t *testing.T) {
	for _, lineBreak := range []string{"\n", "\r\n", "\r", "\n\r", `\n`} {
		text := "-----BEGIN CERTIFICATE-----" + lineBreak + "AAAA" + strings.Repeat(lineBreak+"A", 400_000)
		refused(t, lineBreak, []byte(text), "PEM of more than 300000 lines")
	}
	refused(t, "begins", bytes.Repeat([]byte("-----BEGIN CERTIFICATE-----\n"), 400_000), "PEM of more than 300000 lines")
}

// TestLengthOfChainsIsBounded: 145,000 certificates of a byte each took more than
// the three minutes that were waited for.
func TestLengthOfChainsIsBounded(t *testing.T) {
	refused(t, "empty ones", bytes.Repeat([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), 140_000), "judged are 2000 at most")
}

// TestLongLinesAreReadOnce: 27 MB on one line took up to a minute of processor
// time, for each of these.
func TestLongLinesAreReadOnce(t *testing.T) {
	const size = 27 << 20
	full := func(piece string) string { return strings.Repeat(piece, size/len(piece)) }
	for what, text := range map[string]string{
		"begins without an end":     full("-----BEGIN "),
		"begins":                    full("-----BEGIN CERTIFICATE-----"),
		"begins and text":           full("-----BEGIN CERTIFICATE-----AAAA"),
		"blocks":                    full("-----BEGIN CERTIFICATE-----A-----END CERTIFICATE-----"),
		"a label":                   "-----BEGIN " + full("A "),
		"backslashes":               "-----BEGIN CERTIFICATE-----" + full(`\`),
		"escapes":                   full(`-----BEGIN CERTIFICATE-----\n\u002b`),
		"quotes":                    full("-----BEGIN CERTIFICATE-----\"\n"),
		"blanks":                    "-----BEGIN CERTIFICATE-----\n" + full(" ") + "\n-----END CERTIFICATE-----\n",
		"a certificate of one line": "-----BEGIN CERTIFICATE-----\n" + full("A") + "\n-----END CERTIFICATE-----\n",
	} {
		before := system.CPUTime(t)
		_, err := certfile.Read([]byte(text))
		if took := system.CPUTime(t) - before; took > 8*time.Second { // each takes 0.2 s, and 4 under the race detector
			t.Errorf("%s: %v", what, took)
		}
		if err != nil && len(err.Error()) > 1000 {
			t.Errorf("%s: an error of %d bytes", what, len(err.Error()))
		}
	}
}
