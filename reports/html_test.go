package reports

import "testing"

func TestHTML(t *testing.T) {
	narrow(t)
	example(t, "html", "example.html", Options{})
	example(t, "html", "example-ja.html", Options{Lang: "ja"})
}

// BenchmarkHTML is a page of 10,000 endpoints.
func BenchmarkHTML(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(tenThousand(b))))
	}
}
