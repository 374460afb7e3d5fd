// Package scale holds measurements of audits that many workers share: see
// SCALE.md, and make scale, which runs them.
package scale
