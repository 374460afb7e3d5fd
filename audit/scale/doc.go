// Package scale holds measurements of audits that many workers share: see
// SCALE.md, and make scale, which runs them; and the soak of make soak, hours
// of audits under load with a fault each minute.
package scale
