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
	case reflect.Map: // of texts
		for _, key := range v.MapKeys() {
			value := Clean(v.MapIndex(key).String())
			v.SetMapIndex(key, reflect.Value{})
			v.SetMapIndex(reflect.ValueOf(Clean(key.String())), reflect.ValueOf(value))
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

// checkPEM keeps of a saved report's certificates only those whose bytes are
// the certificate that they are said to be: people copy them onto servers.
func (s *Summary) checkPEM() {
	for i := range s.Fixes {
		for j := range s.Fixes[i].Certificates {
			c := &s.Fixes[i].Certificates[j]
			c.PEM = checkedPEM(c.PEM, c.SHA256)
		}
	}
}

func (e *Endpoint) checkPEM() {
	for i := range e.Chain {
		e.Chain[i].PEM = checkedPEM(e.Chain[i].PEM, e.Chain[i].SHA256)
	}
}

// checkedPEM gives a text that is one certificate of that hash and nothing
// else in PEM's plain form; empty for any other text.
func checkedPEM(text string, want Hash) string {
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 || Hash(sha256.Sum256(block.Bytes)) != want {
		return ""
	}
	block.Headers = nil
	return string(pem.EncodeToMemory(block))
}
