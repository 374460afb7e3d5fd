package reports

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                                "",
		"CN=Example,O=日本":                 "CN=Example,O=日本",
		"a\x00b\x1b[2Jc":                  `a\x00b\x1b[2Jc`,
		"\x1b]0;title\x07":                `\x1b]0;title\x07`,
		"C1 \u009b31m":                    `C1 \x9b31m`,
		"line\r\nnext\tcell":              `line\r\nnext\tcell`,
		"bidi \u202egnp.exe\u2066":        `bidi \u202egnp.exe\u2066`,
		"zero\u200bwidth\ufeff":           `zero\u200bwidth\ufeff`,
		"soft\u00adhyphen":                `soft\xadhyphen`,
		"tag \U000e0041":                  `tag \U000e0041`,
		"bad \xff\xfe utf-8 \xc3":         `bad \xff\xfe utf-8 \xc3`,
		"separators \u2028\u2029":         `separators \u2028\u2029`,
		"\u0301starts":                    `\u0301starts`,
		"e\u0301 is \u00e9":               `e\u0301 is ` + "\u00e9",
		"q\u0301 stays":                   "q\u0301 stays",
		"z" + strings.Repeat("\u0335", 6): "z" + strings.Repeat("\u0335", 4) + `\u0335\u0335`,
		"\u3164hidden":                    `\u3164hidden`,
		"<script>":                        "<script>", // markup is the formats' business
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Clean(strings.Repeat("x", 1<<20)); utf8.RuneCountInString(got) != maxText || !strings.HasSuffix(got, "x…") {
		t.Errorf("a megabyte becomes %d characters", utf8.RuneCountInString(got))
	}
	if long := strings.Repeat("界", maxText); Clean(long) != long {
		t.Error("a text of exactly the bound is cut")
	}
}

// Of two names that look the same one is shown by numbers.
func TestNamesThatLookTheSame(t *testing.T) {
	for in, want := range map[string]string{
		"www.p\u0430ypal.com":                 `www.p\u0430ypal.com`, // Cyrillic a
		"\u0440\u0430\u0443\u0440\u0430l.com": `\u0440\u0430\u0443\u0440\u0430l.com`,
		"\u0441\u043e\u0441\u043e.com":        `\u0441\u043e\u0441\u043e.com`, // all Cyrillic, all like Latin
		"\u03bfracle":                         `\u03bfracle`,                  // Greek o
		"CN=Example\u00a0CA":                  `CN=Example\xa0CA`,
		"CN=Example\u2009CA":                  `CN=Example\u2009CA`,
		"example.com\u2215login":              `example.com\u2215login`,
		"\u212aelvin":                         `\u212aelvin`,
		"\U0001d41a.example":                  `\U0001d41a.example`, // a bold a
		"a\u2024example":                      `a\u2024example`,
		// What languages have stays.
		"CN=ООО Ромашка,O=АО Банк,C=RU": "CN=ООО Ромашка,O=АО Банк,C=RU",
		"пример.com": "пример.com",
		"Ελληνική Αρχή Πιστοποίησης CA 2":         "Ελληνική Αρχή Πιστοποίησης CA 2",
		"Išık Yıldız Žluťoučký Đặng Nguyễn":       "Išık Yıldız Žluťoučký Đặng Nguyễn",
		"ＡＢＣ株式会社\u3000認証局":                        "ＡＢＣ株式会社\u3000認証局",
		"हिन्दी ไทย العربية עברית 한국어":            "हिन्दी ไทย العربية עברית 한국어",
		"“quoted” – and … № 5, 20 µs, 中文.example": "“quoted” – and … № 5, 20 µs, 中文.example",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("plain")
	f.Add("www.p\u0430yp\u0430l.\u0441\u043e\u0335m e\u0301\u212a\u3164.a")
	f.Add("СОСО,O=СО" + strings.Repeat("О", 2100) + "Я")
	f.Add("СОСО,O=СОО\x01" + strings.Repeat("О", 1963) + "\x01" + strings.Repeat("О", 30) + "Я") // cut before an escape that has no room
	f.Add("Я\nЇ\xa8")
	f.Add("\x1b]8;;http://x\x07\u202e\xff\u0301" + strings.Repeat("a\x00", 1500))
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is no UTF-8", got)
		}
		if n := utf8.RuneCountInString(got); n > maxText {
			t.Fatalf("%d characters", n)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("%U stays", r)
			}
		}
		if again := Clean(got); again != got {
			t.Fatalf("not the same twice:\n%q\n%q", got, again)
		}
	})
}
