package reports

import (
	"fmt"
	"strings"
)

// PageWidth is how many columns a [Page] has: it is read on every terminal.
const PageWidth = 80

// A Page is text for people, such as help or what a rule means.
type Page struct{ strings.Builder }

// Paragraph writes a text, broken at spaces and, where there are none, between
// East Asian characters, with indent before each line.
func (p *Page) Paragraph(text, indent string) {
	for _, line := range wrap(text, PageWidth-len(indent), columnsOf) {
		p.WriteString(indent + strings.ReplaceAll(line, glue, " ") + "\n")
	}
}

// Term writes a term and its explanation, beside it from column on or, where the
// term is longer, below it.
func (p *Page) Term(term, text string, column int) {
	indent := strings.Repeat(" ", column+2)
	var below Page
	below.Paragraph(text, indent)
	if len(term) < column {
		fmt.Fprintf(p, "  %-*s%s", column, term, strings.TrimPrefix(below.String(), indent))
		return
	}
	fmt.Fprintf(p, "  %s\n%s", term, below.String())
}

// section writes a heading and its text, a paragraph a line: lines that are
// indented (commands, configuration) stay as they are.
func (p *Page) section(heading, text string) {
	fmt.Fprintf(p, "\n%s\n", heading)
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		switch {
		case strings.TrimSpace(line) == "":
			p.WriteString("\n")
		case line[0] == ' ' || line[0] == '\t':
			p.WriteString("  " + strings.ReplaceAll(line, "\t", "    ") + "\n")
		default:
			p.Paragraph(line, "  ")
		}
	}
}

// list writes a heading and paragraphs below it.
func (p *Page) list(heading string, lines []string) {
	fmt.Fprintf(p, "\n%s\n", heading)
	for _, l := range lines {
		p.Paragraph(l, "  ")
	}
}
