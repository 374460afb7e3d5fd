package certfile

import (
	"encoding/pem"
	"fmt"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// Two certificates of a hundred thousand names each are compared once for each name,
// and not each with each.
func TestTwinsOfManyNames(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	var text []byte
	for i, kind := range []string{"rsa2048", "p256"} {
		key, err := tlstest.NewKey("many names "+kind, kind)
		if err != nil {
			t.Fatal(err)
		}
		leaf := mk.Leaf(kind, root, func(c *tlstest.Template) {
			c.Key, c.SubjectKeyId, c.DNSNames = key, nil, nil
			for n := range 120_000 {
				c.DNSNames = append(c.DNSNames, fmt.Sprintf("%d.%07d", i, n))
			}
		})
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.DER})...)
	}
	before := system.CPUTime(t)
	if chains, err := Read(text); err != nil || len(chains) != 1 {
		t.Fatalf("%d chains, %v", len(chains), err)
	}
	if took := system.CPUTime(t) - before; took > 10*time.Second {
		t.Error(took)
	}
}
