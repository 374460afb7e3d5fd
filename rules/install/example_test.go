package install_test

import (
	"fmt"
	"log"

	"github.com/tlschain/tlschain/rules/install"
)

// The files and the steps by which nginx gets a corrected chain.
func Example() {
	nginx, err := install.Lookup("nginx")
	if err != nil {
		log.Fatal(err)
	}
	job := install.Job{Name: "www.example.com", Dir: "/etc/ssl/fixed", Issuers: 1}
	for _, f := range nginx.Files(job) {
		fmt.Println(f.Name)
	}
	for _, line := range nginx.Steps(job)[0].Lines {
		fmt.Println(line)
	}
	// Output:
	// www.example.com.fullchain.pem
	// ssl_certificate "/etc/ssl/fixed/www.example.com.fullchain.pem";
}
