package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/pem"
	"reflect"
)

// cleanAll cleans every text of a part of a report, in place. It goes by
// reflection so that no field that is added can be forgotten; only reports
// that are read back pay for that.
func cleanAll(part any) { cleanValue(reflect.ValueOf(part).Elem()) }

func cleanValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(Clean(v.String()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			cleanValue(v.Elem())
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Array {
			return // hashes
		}
		for i := range v.Len() {
			cleanValue(v.Index(i))
		}
	case reflect.Struct:
		t := v.Type()
		for i := range t.NumField() {
			if t.Field(i).IsExported() && t.Field(i).Tag.Get("text") != "pem" {
				cleanValue(v.Field(i))
			}
		}
	}
}

// checkPEM keeps of a saved summary's certificates only those whose bytes are
// the certificate that they are said to be: people copy them onto servers.
func (s *Summary) checkPEM() {
	for i := range s.Mends {
		for j := range s.Mends[i].Certificates {
			c := &s.Mends[i].Certificates[j]
			block, rest := pem.Decode([]byte(c.PEM))
			if block == nil || block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 || Hash(sha256.Sum256(block.Bytes)) != c.SHA256 {
				c.PEM = ""
				continue
			}
			block.Headers = nil
			c.PEM = string(pem.EncodeToMemory(block))
		}
	}
}
