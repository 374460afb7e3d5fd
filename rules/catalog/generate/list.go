package main

import (
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"strings"
)

// listStore writes rows of lists/stores.tsv for a file of certificates in PEM:
// how the lists that programs carry inside came into the facts. The fields are
// store, client, version and date.
func listStore(w io.Writer, fields, file string) error {
	text := strings.ReplaceAll(fields, "|", "\t")
	if strings.Count(text, "\t") != 3 {
		return fmt.Errorf("-list %q: give STORE|CLIENT|VERSION|DATE", fields)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return nil
		}
		if _, err := fmt.Fprintf(w, "%s\t%x\n", text, sha256.Sum256(block.Bytes)); err != nil {
			return err
		}
	}
}
