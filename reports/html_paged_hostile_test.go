package reports

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Endpoints that stand in blocks of a page are one element each, of those that a
// page has, whatever text they have: neither the mark between them nor the end of the
// script that holds a block can be in it.
func TestHostileTextInBlocks(t *testing.T) {
	const n = pagedFrom + 300
	texts := []string{"<hr>", "a<hr><script>alert(1)</script><hr>b", "</script><script>alert(1)</script>", "\"><hr><img src=x onerror=alert(1)>",
		"' onmouseover='<hr>", "</div></details><hr>", "<!--<script>", "]</script>", "\u2028<hr>\u202e", "</template><hr>"}
	var page bytes.Buffer
	w, err := New("html", &page, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Begin(exampleHeader()); err != nil {
		t.Fatal(err)
	}
	var tally Tally
	for i := range n {
		e := hostileEndpoint(texts[i%len(texts)])
		e.Host = fmt.Sprintf("%d.example", i)
		tally.Add(&e)
		if err := w.Endpoint(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(tally.Summary(false)); err != nil {
		t.Fatal(err)
	}
	rows := 0
	scripts := 2 // the page's own, and the index
	for _, block := range regexp.MustCompile(blockStart+`([^<]*)</script>`).FindAllSubmatch(page.Bytes(), -1) {
		scripts++
		packed, err := base64.StdEncoding.DecodeString(string(block[1]))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
		if err != nil {
			t.Fatal(err)
		}
		for row := range strings.SplitSeq(string(text), "<hr>") {
			rows++
			checkRow(t, row)
		}
	}
	if rows != n-pageRows {
		t.Errorf("%d endpoints in blocks, want %d", rows, n-pageRows)
	}
	root, err := html.Parse(&page)
	if err != nil {
		t.Fatal(err)
	}
	for node := range root.Descendants() {
		if node.DataAtom != atom.Script {
			continue
		}
		scripts--
		var index [][]any
		if len(node.Attr) > 1 && node.Attr[1].Val == "index" {
			if err := json.Unmarshal([]byte(node.FirstChild.Data), &index); err != nil || len(index) != n-pageRows {
				t.Errorf("an index of %d: %v", len(index), err)
			}
		}
	}
	if scripts != 0 {
		t.Errorf("there are %d scripts too many or too few", -scripts)
	}
}

func checkRow(t *testing.T, row string) {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(row), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		t.Fatal(err)
	}
	elements := 0
	for _, node := range nodes {
		if node.Type == html.ElementNode {
			elements++
		}
		for inner := range node.Descendants() {
			if inner.DataAtom == atom.Script || inner.DataAtom == atom.Img || inner.DataAtom == atom.Hr || inner.Type == html.CommentNode {
				t.Fatalf("%s in %.500s", inner.Data, row)
			}
			for _, a := range inner.Attr {
				if strings.HasPrefix(a.Key, "on") {
					t.Fatalf("%s in %.500s", a.Key, row)
				}
			}
		}
	}
	if elements != 1 {
		t.Fatalf("%d elements in %.500s", elements, row)
	}
}
