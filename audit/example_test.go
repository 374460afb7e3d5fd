package audit_test

import (
	"fmt"
	"log"

	"github.com/tlschain/tlschain/audit"
)

// A group that is audited every night.
func Example() {
	config, err := audit.Parse([]byte(`
database: {env: HISTORY}
groups:
  web:
    targets:
      inline: [www.example.com, mail.example.com:25]
    clients: [modern]
    schedule: {cron: "17 2 * * *"}
`), "tlschain.yaml")
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range config.GroupNames() {
		g := config.Groups[name]
		fmt.Println(name, g.Clients, g.Schedule != nil)
	}
	// Output:
	// web [modern] true
}
