package reports

import (
	"strings"
	"testing"
)

// Pairs of different names that look the same until they are cleaned: they differ
// as shown, in more than what only a computer sees.
func TestTwinsDiffer(t *testing.T) {
	for _, pair := range [][2]string{
		{"СОСО", "COCO"}, {"сосо", "coco"}, {"CN=АТОМ", "CN=ATOM"}, {"O=ΑΒΕ", "O=ABE"}, {"ᏟᎪ", "CA"}, // of one alphabet, all of whose letters Latin has
		{"CN=СОСО,O=Ромашка", "CN=COCO,O=Ромашка"}, {`"СОСО" (position 0)`, `"COCO" (position 0)`},
		{"ﬁnance.example", "finance.example"}, {"oﬃce.example", "office.example"}, {"Ⅷ", "VIII"}, {"ⅷ.example", "viii.example"}, {"⒈example", "1.example"},
		{"⑴", "(1)"}, {"ǆ.example", "dž.example"}, {"ĳ.example", "ij.example"}, {"a‥example", "a..example"},
		{"ᴄᴏ.example", "co.example"}, {"ꜱaᴠe.example", "save.example"}, {"paypaƖ.example", "paypal.example"}, {"ǃmportant", "!mportant"}, {"paypaǀ.example", "paypal.example"},
		{"a\u0323\u0307.example", "a\u0307\u0323.example"}, {"\u1112\u1161\u11ab", "\ud55c"}, {"CN=A\u2003B", "CN=A B"}, {"example\u00b7com", "example·com\u200b"},
		{"a\u180eb", "ab"}, {"a\u034fb", "ab"}, {"a\u115fb", "ab"}, {"a\U0001d173b", "ab"}, {"a\ufe0fb", "ab"}, {"a\U000e0100b", "ab"},
		{"a\u2061b", "ab"}, {"a\u00adb", "ab"}, {"١٢", "12\u200f"}, {"aǃ", "a!"},
	} {
		a, b := Clean(pair[0]), Clean(pair[1])
		if a == b || looks(a) == looks(b) {
			t.Errorf("%q and %q are shown as %q and %q", pair[0], pair[1], a, b)
		}
	}
	// What people write stays.
	for _, text := range []string{"CN=ООО Ромашка", "ООО «СОСО Плюс»", "ΑΕ Τράπεζα", "№ 5 … ™ 20㎏", "Dž. Ružička", "日本語 １２３ ㈱", "١٢٣ العربية", "हिन्दी", "한국어 인증서", "Việt Nam",
		"Straße", "naïve café", "Łódź", "CN=АО Банк,O=Банк"} {
		if got := Clean(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

// looks is what a person sees of a cleaned text: the letters that the pairs above
// have twice as one.
func looks(s string) string {
	return strings.NewReplacer("С", "C", "О", "O", "с", "c", "о", "o", "А", "A", "Т", "T", "М", "M", "Α", "A", "Β", "B", "Ε", "E", "Ꮯ", "C", "Ꭺ", "A", "ﬁ", "fi", "ﬃ", "ffi",
		"Ⅷ", "VIII", "ⅷ", "viii", "⒈", "1.", "⑴", "(1)", "ǆ", "dž", "ĳ", "ij", "‥", "..", "ᴄ", "c", "ᴏ", "o", "ꜱ", "s", "ᴠ", "v", "Ɩ", "l", "ǃ", "!", "ǀ", "l").Replace(s)
}
