package audit

import (
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/robfig/cron/v3"

	"github.com/tlschain/tlschain/rules/yamlfile"
)

// The scalars of tlschain.yaml read themselves, so that a mistake is told with
// the line that it is on.

// A Duration is written as Go writes them, or in days: 90s, 10m, 400d.
type Duration time.Duration

// UnmarshalYAML reads a duration above or equal to zero.
func (d *Duration) UnmarshalYAML(node ast.Node) error {
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > 36500 {
			return yamlfile.Errorf(node, "%q is no number of days: write for example 400d", text)
		}
		*d = Duration(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	parsed, err := time.ParseDuration(text)
	if err != nil || parsed < 0 {
		return yamlfile.Errorf(node, "%q is no duration: write for example 30s, 10m, 12h or 400d", text)
	}
	*d = Duration(parsed)
	return nil
}

// A Cron is a cron expression of five fields, or a word such as @daily.
type Cron struct {
	Text string
	next cron.Schedule
}

// UnmarshalYAML reads the expression. A time zone has a key of its own.
func (c *Cron) UnmarshalYAML(node ast.Node) error {
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	if strings.Contains(text, "TZ=") {
		return yamlfile.Errorf(node, "the time zone has a key of its own: write time_zone beside cron")
	}
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	next, err := parser.Parse(text)
	if err != nil {
		return yamlfile.Errorf(node, "%q is no cron expression (%v): write minute hour day month weekday, such as \"15 2 * * *\"", text, err)
	}
	if _, ok := next.(cron.ConstantDelaySchedule); ok {
		return yamlfile.Errorf(node, "%q has no fixed place in the day: write minute hour day month weekday, such as \"15 */6 * * *\"", text)
	}
	*c = Cron{text, next}
	return nil
}

// A TimeZone is a name of the IANA database, such as Asia/Tokyo.
type TimeZone struct{ *time.Location }

// UnmarshalYAML looks the name up.
func (z *TimeZone) UnmarshalYAML(node ast.Node) error {
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	location, err := time.LoadLocation(text)
	if err != nil || text == "Local" {
		return yamlfile.Errorf(node, "%q is no time zone: write a name such as Europe/Berlin, Asia/Tokyo or UTC", text)
	}
	z.Location = location
	return nil
}

func (z TimeZone) location() *time.Location {
	if z.Location == nil {
		return time.UTC
	}
	return z.Location
}

// A Text is a target in a list.
type Text string

// UnmarshalYAML reads one line. Within { } the YAML reader takes host:8443 for
// a key and its value; quotes make it a text.
func (t *Text) UnmarshalYAML(node ast.Node) error {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return yamlfile.Errorf(node, "put quotes around a target with a colon: \"www.example.com:8443\"")
	case *ast.SequenceNode:
		return yamlfile.Errorf(node, "put quotes around a target with brackets: \"[2001:db8::1]:443\"")
	}
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	*t = Text(text)
	if strings.ContainsAny(string(*t), "\r\n") {
		return yamlfile.Errorf(node, "a target is one line")
	}
	return nil
}

// UnmarshalYAML reads one text, or a list.
func (v *Values) UnmarshalYAML(node ast.Node) error {
	if _, ok := node.(*ast.SequenceNode); ok {
		return yamlfile.Value(node, (*[]string)(v))
	}
	text, err := yamlfile.Scalar(node)
	*v = Values{text}
	return err
}

// UnmarshalYAML reads weekly, daily, a cron expression, or one with a time zone.
func (d *DigestTimes) UnmarshalYAML(node ast.Node) error {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		type plain DigestTimes // without this method
		if err := yamlfile.Value(node, (*plain)(d)); err != nil {
			return err
		}
		if d.Cron.next == nil {
			return yamlfile.Errorf(node, "a digest needs cron, such as {cron: \"0 8 * * 1\", time_zone: Europe/Berlin}")
		}
		return nil
	}
	text, err := yamlfile.Scalar(node)
	if err != nil {
		return err
	}
	switch text {
	case "weekly":
		text = "0 8 * * 1"
	case "daily":
		text = "0 8 * * *"
	default:
		if d.Cron.UnmarshalYAML(node) != nil {
			return yamlfile.Errorf(node, "%q is no time for a digest: write weekly, daily or a cron expression such as \"0 8 * * 1\"", text)
		}
		return nil
	}
	d.Cron.Text = text
	d.Cron.next, err = cron.ParseStandard(text)
	return err
}
