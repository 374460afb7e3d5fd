package nearest_test

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/nearest"
)

func ExampleWord() {
	words := []string{"clients", "roots", "policy"}
	fmt.Println(nearest.Word("clints", words))
	fmt.Printf("%q\n", nearest.Word("certificate", words))
	// Output:
	// clients
	// ""
}
