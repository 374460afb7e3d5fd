package reports

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/client"
)

// ListClients writes clients by group, and how well each is known.
func ListClients(w io.Writer, all []*client.Profile) error {
	var p Page
	p.Paragraph("How well is it known how a client builds a path, and what is in its trust store? "+
		"Measured in runs of the real client, documented by its vendor, or assumed.", "")
	p.WriteString("\n")
	fmt.Fprintf(&p, "  %-28s %-11s %s\n", "", "builder", "store")
	for _, g := range []struct {
		group client.Group
		text  string
	}{
		{client.Modern, "current clients: what they refuse is an error"},
		{client.Broad, "still in wide use: a warning"},
		{client.Legacy, "old and rare ones: info"},
	} {
		fmt.Fprintf(&p, "%s: %s\n", g.group, g.text)
		for _, c := range all {
			if c.Group == g.group {
				fmt.Fprintf(&p, "  %-28s %-11s %-11s %s\n", c.ID, c.BuilderEvidence, c.StoreEvidence, c.Title)
			}
		}
		p.WriteString("\n")
	}
	_, err := io.WriteString(w, strings.TrimSuffix(p.String(), "\n"))
	return err
}

// ExplainClient writes what is known of a client, which was asked for by the name
// asked.
func ExplainClient(w io.Writer, c *client.Profile, asked string) error {
	var p Page
	if _, evidence, grounds := client.Named(asked); grounds != "" {
		p.Paragraph(fmt.Sprintf("%s is judged as %s (%s): %s.", asked, c.ID, evidence, grounds), "")
		p.WriteString("\n")
	}
	fmt.Fprintf(&p, "%s: %s\n", c.ID, c.Title)
	fmt.Fprintf(&p, "group %s", c.Group)
	if c.Version != "" {
		fmt.Fprintf(&p, ", version %s", c.Version)
	}
	p.WriteString("\n")

	store := fmt.Sprintf("%d anchors", len(c.Store.All()))
	if c.StoreID != "" {
		store += fmt.Sprintf(", %s as of %s", c.StoreID, c.StoreDate.Format(time.DateOnly))
	}
	p.section("Trust store ("+string(c.StoreEvidence)+")", store)
	if lines := c.Asks(); len(lines) > 0 {
		p.list("What it asks for beside a path", lines)
	}
	p.list(fmt.Sprintf("How it builds a path (%s)", c.BuilderEvidence), c.Traits())
	if c.Notes != "" {
		p.section("Notes", c.Notes)
	}
	if len(c.Sources) > 0 {
		p.list("Sources", c.Sources)
	}
	_, err := io.WriteString(w, p.String())
	return err
}
