package yamlfile_test

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/yamlfile"
)

func ExampleRead() {
	var policy struct {
		Days int `yaml:"days"`
	}
	_, err := yamlfile.Read([]byte("dais: 21\n"), &policy)
	fmt.Println(err.In("policy.yaml"))
	// Output: policy.yaml:1:1: unknown field "dais": did you mean days?
}
