package reports

import (
	"html/template"
	"strings"
)

// EndpointHTML is one endpoint as the HTML report shows it: findings, the chain
// drawn, served against corrected, the clients. It is a piece of a page that
// has [StyleSheet] in a style sheet, needs no script, and may stand there once.
// Links to rules lead to ruleBase followed by the rule's id.
func EndpointHTML(e *Endpoint, lang, ruleBase string) (template.HTML, error) {
	w, err := newHTML(nil, Options{Lang: lang})
	if err != nil {
		return "", err
	}
	h := w.(*htmlWriter)
	v := h.view(h.l.translated(e))
	var b strings.Builder
	for _, name := range []string{"endpoint", "detail"} {
		text, err := h.render(name, v)
		if err != nil {
			return "", err
		}
		b.Write(text)
	}
	b.WriteString("</div></details>\n" + `<svg class="defs" aria-hidden="true"><defs>`)
	for _, p := range h.drawn {
		b.WriteString(`<g id="g0">` + string(p) + "</g>")
	}
	b.WriteString("</defs></svg>")
	// Quotes in foreign text are escaped, so these are our own words only.
	text := strings.Replace(b.String(), `<details class="ep`, `<details open class="ep`, 1)
	text = strings.ReplaceAll(text, `href="#rule-`, `href="`+template.HTMLEscapeString(ruleBase))
	return template.HTML(text), h.err
}

// StyleSheet is the style sheet of the HTML report.
func StyleSheet() string { return pageStyle }
