// Package nearest guesses which of some words was meant by a mistyped one.
package nearest

import "strings"

// Word returns the word that was probably meant, empty if none is near
// enough: at most a third of its letters are wrong, or it is the shortest of
// those that begin with what was typed, three letters or more.
func Word(typed string, words []string) string {
	best, distance := "", len(typed)
	for _, w := range words {
		if longer := max(len(w), len(typed)); 3*(longer-min(len(w), len(typed))) > longer {
			continue // more letters than that are missing, and a long text takes its time and memory
		}
		if d := editDistance(typed, w); d < distance && d*3 <= max(len(w), len(typed)) {
			best, distance = w, d
		}
	}
	if best != "" || len(typed) < 3 {
		return best
	}
	for _, w := range words {
		if strings.HasPrefix(w, typed) && (best == "" || len(w) < len(best)) {
			best = w
		}
	}
	return best
}

// editDistance counts the letters to insert, delete, replace or swap with their
// neighbour (optimal string alignment).
func editDistance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
			case a[i-1] == b[j-1]:
				rows[i][j] = rows[i-1][j-1]
			default:
				rows[i][j] = 1 + min(rows[i-1][j-1], rows[i-1][j], rows[i][j-1])
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					rows[i][j] = min(rows[i][j], 1+rows[i-2][j-2])
				}
			}
		}
	}
	return rows[len(a)][len(b)]
}
