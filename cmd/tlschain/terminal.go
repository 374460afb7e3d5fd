package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/commandline"
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
		width = commandline.HelpWidth
	}
	return width, p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb"
}

func terminalFile(w io.Writer) (*os.File, bool) {
	file, ok := w.(*os.File)
	return file, ok && term.IsTerminal(int(file.Fd()))
}
