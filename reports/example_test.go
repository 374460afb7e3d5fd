package reports_test

import (
	"log"
	"os"
	"strings"

	"github.com/tlschain/tlschain/reports"
)

// A saved report, as annotations of a GitHub workflow.
func Example() {
	saved := `{"target":"www.example.com","port":443,"host":"www.example.com","status":"failed","error":{"code":"refused","message":"nobody listens"}}` + "\n"
	from, err := reports.NewReader(strings.NewReader(saved))
	if err != nil {
		log.Fatal(err)
	}
	to, err := reports.New("github", os.Stdout, reports.Options{})
	if err != nil {
		log.Fatal(err)
	}
	if err := reports.Convert(to, from); err != nil {
		log.Fatal(err)
	}
	// Output:
	// ::error title=unreachable::www.example.com:443: nobody listens
	// ::notice title=tlschain::1 endpoint: 0 with errors, 0 with warnings, 1 without a chain
}
