package reports

import (
	"bytes"
	"testing"
)

func TestHTML(t *testing.T) {
	narrow(t)
	example(t, "html", "example.html", Options{})
	example(t, "html", "example-ja.html", Options{Lang: "ja"})
}

var _ = bytes.NewReader
