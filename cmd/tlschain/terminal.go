package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/tlschain/tlschain/reports"
)

// terminal tells how wide the terminal is that standard output goes to, and
// whether colours are welcome there (https://no-color.org). Width 0: it is no
// terminal.
func (p *process) terminal() (width int, colour bool) {
	file, ok := terminalFile(p.stdout)
	if !ok {
		return 0, false
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width <= 0 {
		width = reports.PageWidth
	}
	return width, p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb"
}

// An errWriter keeps the first error of standard output: who prints a line
// there does not ask.
type errWriter struct {
	io.Writer
	err error
}

func (w *errWriter) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

func terminalFile(w io.Writer) (*os.File, bool) {
	if checked, ok := w.(*errWriter); ok {
		w = checked.Writer
	}
	file, ok := w.(*os.File)
	return file, ok && term.IsTerminal(int(file.Fd()))
}
