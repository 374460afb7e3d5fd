package reports

import _ "embed"

//go:embed schema.json
var schema []byte

// Schema is the JSON schema of the report, which is made from the types of this
// package.
func Schema() []byte { return schema }
