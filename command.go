package tlschain

import "strings"

// Flags are what to type after tlschain scan, fix or check so that it judges as
// this Config says: those that every one of commands takes. What stands in a
// target already, and what sets the pace only, is not among them.
func (c *Config) Flags(commands Commands) (out []string) {
	for i := range options {
		o := &options[i]
		if o.For&commands != commands {
			continue
		}
		dashed := "--" + o.Flag
		if len(o.Flag) == 1 {
			dashed = "-" + o.Flag
		}
		for _, value := range o.Values(c) {
			switch {
			case o.on != nil:
				out = append(out, dashed)
			case strings.HasPrefix(value, "-"):
				out = append(out, dashed+"="+value)
			default:
				out = append(out, dashed, value)
			}
		}
	}
	return out
}
