package variant

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// families lists the kinds of ideas in order.
func families() []string {
	return []string{"key", "signature", "policy", "lifetime", "extension", "name", "constraint", "encoding"}
}

// Random makes up the changes of chain number n of a seed, of the family of the
// first. It depends on nothing but the two numbers. Most chains have one
// idea, some two or three. Ideas that cannot go together are dropped.
func Random(seed uint64, n int) Idea {
	var out Idea
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	all := ideas()
	families := families()
	count := 1 + []int{0, 0, 0, 0, 0, 0, 1, 1, 1, 2}[r.IntN(10)]
	for range count {
		f := families[r.IntN(len(families))]
		idea := all[f][r.IntN(len(all[f]))]
		more := spread(idea, func(positions string) byte { return positions[r.IntN(len(positions))] })
		if clash(out.Changes, more) {
			continue
		}
		out.Changes = append(out.Changes, more...)
		if out.Family == "" {
			out.Family = f
		}
	}
	return out
}

// Every lists the changes of each idea at each position, with its family.
func Every() (out []Idea) {
	all := ideas()
	for _, f := range families() {
		for _, idea := range all[f] {
			positions, _, _ := strings.Cut(idea, " ")
			for i := range positions {
				out = append(out, Idea{f, spread(idea, func(string) byte { return positions[i] })})
			}
		}
	}
	return out
}

// An Idea is what to change, and the family that it is from.
type Idea struct {
	Family  string
	Changes []Change
}

// spread puts an idea to the certificate that is picked.
func spread(idea string, pick func(positions string) byte) []Change {
	positions, words, _ := strings.Cut(idea, " ")
	changes, err := Parse(words)
	if err != nil {
		panic(err) // a constant
	}
	if positions != "-" {
		at := pick(positions)
		for i := range changes {
			if changes[i].Word != "kx" && changes[i].Word != "serve" {
				changes[i].At = at
			}
		}
	}
	return changes
}

// clash reports whether two lists of changes change the same thing.
func clash(a, b []Change) bool {
	about := func(c Change) []string {
		switch c.Word {
		case "drop", "crit", "noncrit", "dup", "cut", "trail", "flag", "raw":
			name, _, _ := strings.Cut(c.Value, "/")
			return []string{name}
		case "cn", "subject":
			return []string{"subject"}
		case "sig", "inner", "sigparams", "corrupt", "unused":
			return []string{"signature"}
		case "key", "form", "spki":
			return []string{"key"}
		case "from", "to", "time":
			return []string{"time"}
		case "version":
			return []string{"version", "bc", "ku", "eku", "san", "ski", "aki", "nc", "cp", "pc", "pm", "iap", "unk", "aia", "cdp", "ian",
				"nscert", "pkup", "staple"}
		}
		return []string{c.Word}
	}
	for _, x := range a {
		for _, y := range b {
			if x.At != y.At && x.At != 'A' && y.At != 'A' {
				continue
			}
			for _, word := range about(x) {
				if slices.Contains(about(y), word) {
					return true
				}
			}
		}
	}
	return false
}
