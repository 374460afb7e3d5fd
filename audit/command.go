package audit

import (
	"encoding/json"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
)

// Flags are what to type after tlschain scan or fix, from whatever folder, so that
// it judges as a group does; none for a group that is not configured.
func (c *Config) Flags(group string) []string {
	g := c.Groups[group]
	if g == nil {
		return nil
	}
	config := g.config().WithFiles(fullPath)
	return config.Flags(tlschain.ScanCommand | tlschain.FixCommand)
}

// fullPath is a file's name that is good in every folder.
func fullPath(file string) string {
	if full, err := filepath.Abs(file); err == nil {
		return full
	}
	return file
}

// FixCommand is what to type to get an endpoint's fix, from whatever folder, with
// all that its group judges by, and with more flags, which are typed once.
func (c *Config) FixCommand(who history.Ref, more ...string) string {
	flags := c.Flags(who.Group)
	for _, flag := range more {
		if !slices.Contains(flags, flag) {
			flags = append(flags, flag)
		}
	}
	return reports.Command("fix", targetOf(who).Typed(), flags...)
}

// Where is what an endpoint is looked for by: the address that belongs to it, or
// none, and the name that is sent.
func Where(who history.Ref) (address, serverName string) {
	t := targetOf(who)
	if t.Addr.IsValid() {
		address = t.Addr.String()
	}
	return address, t.ServerName
}

// targetOf is the target that an endpoint was seen by; its address belongs to it
// where its key has one.
func targetOf(who history.Ref) scanner.Target {
	var i identity
	if json.Unmarshal([]byte(who.Identity), &i) != nil || i.Host == "" {
		return scanner.Target{Text: who.Key}
	}
	t := scanner.Target{Text: i.Target, Host: i.Host, Port: i.Port, ServerName: i.ServerName, STARTTLS: i.STARTTLS,
		Transport: i.Transport}
	if _, address, ok := strings.Cut(who.Key, addressKeys("")); ok {
		t.Addr, _ = netip.ParseAddr(address)
	}
	return t
}

// OutlookCommand is what to type to get the outlook of a group, or of all if
// group is empty, from whatever folder. It never has the password of the
// history's URL.
func (c *Config) OutlookCommand(group string) string {
	var flags []string
	if history.IsPostgres(c.typedDB) {
		flags = append(flags, "--db", history.Visible(c.typedDB))
	} else if c.typedDB != "" {
		flags = append(flags, "--db", fullPath(c.typedDB))
	}
	if group != "" {
		flags = append(flags, group)
	}
	return reports.Command("audit outlook --config", fullPath(c.File), flags...)
}
