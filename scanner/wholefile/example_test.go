package wholefile_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tlschain/tlschain/scanner/wholefile"
)

// Until it is committed, the file that stands in its place stays.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "report.txt")
	if err := wholefile.Write(path, []byte("old"), 0o644, true); err != nil {
		panic(err)
	}
	file, err := wholefile.Create(path)
	if err != nil {
		panic(err)
	}
	fmt.Fprint(file, "new")
	before, _ := os.ReadFile(path)
	if err := file.Commit(false); err != nil {
		panic(err)
	}
	after, _ := os.ReadFile(path)
	fmt.Printf("%s, then %s\n", before, after)
	// Output: old, then new
}
