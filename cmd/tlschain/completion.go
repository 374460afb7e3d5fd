package main

import (
	"embed"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/rules/nearest"
)

// The scripts ask the program itself for what may be typed, so that they know
// its rules and clients and never grow old.
//
//go:embed completion
var completionScripts embed.FS

var shells = []string{"bash", "zsh", "fish", "powershell"}

func (p *process) completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print what a shell needs to complete commands, flags, rules and clients",
		ArgsUsage: "SHELL",
		Description: `SHELL is bash, zsh, fish or powershell. Packages have it installed already.

  bash:        tlschain completion bash > ~/.local/share/bash-completion/completions/tlschain
  zsh:         tlschain completion zsh > "${fpath[1]}/_tlschain"
  fish:        tlschain completion fish > ~/.config/fish/completions/tlschain.fish
  PowerShell:  tlschain completion powershell | Out-String | Invoke-Expression`,
		Action: func(c *cli.Context) error {
			shell := c.Args().First()
			if c.NArg() != 1 {
				return usagef("completion takes the name of a shell").hintf("one of %s", strings.Join(shells, ", "))
			}
			script, err := completionScripts.ReadFile("completion/" + shell)
			if err != nil {
				e := usagef("there is no completion for %q", shell)
				if near := nearest.Word(shell, shells); near != "" {
					return e.hintf("did you mean %s completion %s?", name, near)
				}
				return e.hintf("type one of %s", strings.Join(shells, ", "))
			}
			_, err = p.stdout.Write(script)
			return err
		},
	}
}
