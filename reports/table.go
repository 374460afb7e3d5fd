package reports

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/tlschain/tlschain/rules"
)

// This is the only file that knows tablewriter, and all it uses are NewTable,
// Header, Append and Render: options have been renamed within its version 1.
// It prints ESC in cells as it stands, so every cell must have been cleaned.

// TableOptions are for the table only.
type TableOptions struct {
	Wide    bool           // every column, however long the lines get
	GroupBy string         // "fix", "rule", "issuer", "product" or "tag:NAME": one row a group
	Only    rules.Severity // endpoints and findings below it are left out; failed ones stay
	Columns []string       // names of columns, in order; empty: as many as fit
}

const (
	maxRows      = 10_000 // sorted; beyond, findings are printed as they come
	defaultWidth = 100    // for pipes and files: fits a mail and a ticket
)

// A tableWriter holds one short row for each endpoint until the end.
type tableWriter struct {
	w        io.Writer
	o        Options
	l        labels
	columns  []column
	rows     []row
	groups   groups
	flags    []string // of commands
	oldFacts string   // what is said of facts that are old; empty: they are not
	flowing  bool     // over maxRows: nothing is held any more
	seen     int
}

// A row is what is kept of an endpoint.
type row struct {
	worst   int // sorts: error, failed, warning, info, ok
	name    string
	cells   []string
	mark    string
	details string // what is under the table for it, without its name

	authority string // the CA that nobody knows at which its chain ends; empty: none
	folded    string // details without that
}

func newTable(w io.Writer, o Options) (Writer, error) {
	t := &tableWriter{w: w, o: o, l: labelsFor(o.Lang)}
	var err error
	if t.columns, err = chooseColumns(o); err != nil {
		return nil, err
	}
	switch by := o.Table.GroupBy; {
	case slices.Contains([]string{"", "fix", "mend", "rule", "issuer", "product"}, by):
	case strings.HasPrefix(by, tagPrefix) && by != tagPrefix:
	default:
		return nil, fmt.Errorf("--group-by %q: type fix, rule, issuer, product, or tag:NAME for a tag of the list", by)
	}
	if t.o.Width <= 0 {
		t.o.Width = defaultWidth
	}
	t.o.Width = max(t.o.Width, 40)
	return t, nil
}

func (t *tableWriter) Begin(h Header) error {
	t.flags, t.oldFacts = h.Flags, t.l.oldFacts(h)
	return nil
}

func (t *tableWriter) Endpoint(e *Endpoint) error {
	t.seen++
	if e.Status == OK && e.Worst() < t.o.Table.Only {
		return nil
	}
	if t.o.Table.GroupBy != "" {
		t.groups.add(e, t.o.Table.GroupBy)
		return nil
	}
	r := t.row(t.l.translated(e))
	if t.flowing {
		return t.print(t.block([]row{r}))
	}
	t.rows = append(t.rows, r)
	if len(t.rows) <= maxRows {
		return nil
	}
	t.flowing = true
	rows := t.rows
	t.rows = nil
	err := t.print(fmt.Sprintf(t.l.AsTheyCame, maxRows) + "\n\n")
	for i := range rows {
		err = errors.Join(err, t.print(t.block(rows[i:i+1])))
	}
	return err
}

func (t *tableWriter) row(e *Endpoint) row {
	r := row{name: e.Name(), mark: e.mark(), worst: e.rank(), details: t.details(e)}
	if other, authority := e.withoutAuthority(); other != nil {
		r.authority, r.folded = authority, t.details(other)
	}
	for _, c := range t.columns {
		r.cells = append(r.cells, c.cell(e, t.l))
	}
	if len(r.cells) > 0 {
		r.cells[0] = r.mark + glue + r.cells[0]
	}
	return r
}

// rank orders endpoints worst first; one that could not be judged may hide
// anything, so it comes after the errors.
func (e *Endpoint) rank() int {
	if e.Status == Failed {
		return 1
	}
	return [...]int{4, 3, 2, 0}[e.Worst()]
}

func (t *tableWriter) End(s Summary) error {
	for i := range t.rows { // the CA is named once, below
		if r := &t.rows[i]; r.authority != "" && s.under(r.authority) {
			r.details = r.folded
		}
	}
	slices.SortStableFunc(t.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.worst, b.worst), cmp.Compare(a.name, b.name))
	})
	if t.o.Table.GroupBy != "" {
		t.groupRows()
	}
	if len(t.rows) > 0 {
		if err := t.render(); err != nil {
			return err
		}
	}
	var out strings.Builder
	for _, group := range alike(t.rows) {
		out.WriteString("\n" + t.block(group))
	}
	out.WriteString("\n" + t.footer(s))
	if s.Outlook != nil {
		out.WriteString("\n" + s.Outlook.text(t.l, t.o.Width))
	}
	return t.print(out.String())
}

// alike gathers rows that have the same to say, in the order of the first.
func alike(rows []row) [][]row {
	var out [][]row
	index := map[string]int{}
	for _, r := range rows {
		if r.details == "" {
			continue
		}
		key := r.mark + r.details
		i, ok := index[key]
		if !ok {
			i = len(out)
			index[key] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], r)
	}
	return out
}

// render draws the table itself.
func (t *tableWriter) render() error {
	widths := t.fit()
	var out strings.Builder
	table := tablewriter.NewTable(&out)
	header := make([]any, len(t.columns))
	for i, c := range t.columns {
		header[i] = strings.Join(wrap(c.title(t.l), widths[i], columnsOf), "\n")
	}
	table.Header(header...)
	for _, r := range t.rows {
		cells := make([]any, len(r.cells))
		for i, cell := range r.cells {
			cells[i] = t.colour(strings.Join(wrapLines(cell, widths[i]), "\n"))
		}
		if err := table.Append(cells...); err != nil {
			return fmt.Errorf("building the table: %w", err)
		}
	}
	if err := table.Render(); err != nil {
		return fmt.Errorf("drawing the table: %w", err)
	}
	_, err := io.WriteString(t.w, out.String())
	return err
}

// fit gives each column what it needs, and takes from the widest until the
// table fits, but never below a column's least width.
func (t *tableWriter) fit() []int {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = columnsOf(c.title(t.l))
		for _, r := range t.rows {
			for _, line := range strings.Split(r.cells[i], "\n") {
				widths[i] = max(widths[i], columnsOf(line))
			}
		}
		widths[i] = max(widths[i], 1)
	}
	if t.o.Table.Wide {
		return widths
	}
	frame := (len(widths) + 1) * columnsOf("│")
	room := t.o.Width - frame - 2*len(widths)
	for {
		sum, widest := 0, -1
		for i, n := range widths {
			sum += n
			if n > t.columns[i].least && (widest < 0 || n-t.columns[i].least > widths[widest]-t.columns[widest].least) {
				widest = i
			}
		}
		if sum <= room || widest < 0 {
			return widths
		}
		widths[widest]--
	}
}

func wrapLines(cell string, width int) []string {
	var out []string
	for _, line := range strings.Split(cell, "\n") {
		out = append(out, wrap(line, width, columnsOf)...)
	}
	return out
}

// columnsOf counts the terminal columns of a text as tablewriter does.
func columnsOf(s string) int { return twwidth.Width(s) }

func (t *tableWriter) print(text string) error {
	_, err := io.WriteString(t.w, t.colour(text))
	return err
}

// colour loosens the glue and paints the marks. A certificate whose name holds one gets it painted
// too, which does no harm.
func (t *tableWriter) colour(text string) string {
	text = strings.ReplaceAll(text, glue, " ")
	if !t.o.Colour {
		return text
	}
	return strings.NewReplacer(
		markOK, "\x1b[32m"+markOK+"\x1b[0m",
		markInfo, "\x1b[36m"+markInfo+"\x1b[0m",
		markWarning, "\x1b[33m"+markWarning+"\x1b[0m",
		markError, "\x1b[31m"+markError+"\x1b[0m",
		markFailed, "\x1b[35m"+markFailed+"\x1b[0m",
	).Replace(text)
}
