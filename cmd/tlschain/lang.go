package main

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// The languages that texts can be had in.
const (
	english  = "en"
	japanese = "ja"
)

func langFlag(category string) cli.Flag {
	return &cli.StringFlag{Name: "lang", Category: category, Usage: "`LANGUAGE` of texts: en or ja (default: by LC_ALL, LC_MESSAGES or LANG)"}
}

// lang is the language that the flag or, by the rules of POSIX (Base
// Definitions, section 8.2), the environment asks for; English for all that we
// do not speak.
func (p *process) lang(c *cli.Context) (string, error) {
	if typed := c.String("lang"); typed != "" {
		if typed != english && typed != japanese {
			return "", usagef("--lang %q: type en or ja", typed)
		}
		return typed, nil
	}
	for _, variable := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := p.getenv(variable); value != "" {
			if value == japanese || strings.HasPrefix(value, "ja_") || strings.HasPrefix(value, "ja.") {
				return japanese, nil
			}
			break
		}
	}
	return english, nil
}
