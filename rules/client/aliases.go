package client

// aliases are versions that behave like one that has a profile: what to type,
// and the grounds on which the two are one.
var aliases = map[string]alias{
	"go-1.22":     {"go-1.21", Measured, "both were run, and gave the same verdicts"},
	"go-1.24":     {"go", Measured, "1.24 to 1.26 were run; only a negative path length passes in 1.24"},
	"go-1.25":     {"go", Measured, "1.24 to 1.26 were run, and 1.25 and 1.26 gave the same verdicts"},
	"go-1.26":     {"go", Measured, "it is the version that was run"},
	"node-22":     {"node-20", Assumed, "both have OpenSSL 3.0 at security level 1"},
	"openssl-3.5": {"node-24", Assumed, "Node.js 24 has OpenSSL 3.5.9; which wildcards it takes in a name is its own"},
	"python-3.12": {"python-3.11", Documented, "the flags of ssl.create_default_context changed in 3.13"},
	"python-3.14": {"python-3.13", Documented, "the flags of ssl.create_default_context are those of 3.13"},
	"openjdk-21":  {"openjdk-17", Assumed, "its verifier was not run, nor are its own roots among the facts"},
	"openjdk-25":  {"openjdk-17", Assumed, "its verifier was not run, nor are its own roots among the facts"},
}

// An alias is the profile of a version that has none of its own.
type alias struct {
	id       string
	evidence Evidence
	grounds  string
}

// Named gives the id of the profile that a word stands for, which is the word
// itself where it is no alias; and on what grounds they are one.
func Named(word string) (id string, evidence Evidence, grounds string) {
	if a, ok := aliases[word]; ok {
		return a.id, a.evidence, a.grounds
	}
	return word, "", ""
}
