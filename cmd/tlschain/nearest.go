package main

// nearest returns the word that was probably meant, empty if none is near
// enough: at most a third of its letters are wrong.
func nearest(typed string, words []string) string {
	best, distance := "", len(typed)
	for _, w := range words {
		if d := editDistance(typed, w); d < distance && d*3 <= max(len(w), len(typed)) {
			best, distance = w, d
		}
	}
	return best
}

// editDistance counts the letters to insert, delete or replace (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			above := row[j+1]
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			row[j+1] = min(replace, above+1, row[j]+1)
			diagonal = above
		}
	}
	return row[len(b)]
}
