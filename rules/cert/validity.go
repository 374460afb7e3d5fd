package cert

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// readValidity reads the validity period.
func (c *Certificate) readValidity(in *cryptobyte.String) bool {
	var validity cryptobyte.String
	if !in.ReadASN1(&validity, cbasn1.SEQUENCE) || !c.readTime(&validity, &c.NotBefore) || !c.readTime(&validity, &c.NotAfter) {
		return false
	}
	switch y := c.NotBefore.Year(); {
	case y == 0:
		c.Traits.Add(TimeYear0)
	case y < 1950:
		c.Traits.Add(TimeBefore1950)
	}
	if c.NotAfter.Year() == 9999 {
		c.Traits.Add(NoEnd)
	}
	return true
}

// readTime reads a UTCTime or GeneralizedTime. RFC 5280 section 4.1.2.5 wants
// seconds and a Z; older software left the seconds out or gave an offset, which
// many clients still read. A time without zone is read as UTC, and a day or
// second that does not exist as the one after the last.
func (c *Certificate) readTime(in *cryptobyte.String, out *time.Time) bool {
	var b cryptobyte.String
	var tag cbasn1.Tag
	if !in.ReadAnyASN1(&b, &tag) || tag != cbasn1.UTCTime && tag != cbasn1.GeneralizedTime {
		return false
	}
	s := string(b)
	digits := strings.IndexAny(s, "Z+-.")
	if digits < 0 {
		digits = len(s)
	}
	year := 2
	if tag == cbasn1.GeneralizedTime {
		year = 4
	}
	rest := digits - year
	if rest != 8 && rest != 10 { // MMDDhhmm, with or without ss
		return false
	}
	field := func(at int) int {
		n, err := strconv.ParseUint(s[at:at+2], 10, 8)
		if err != nil {
			return -1
		}
		return int(n)
	}
	for i := range digits {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	y, _ := strconv.Atoi(s[:year])
	if tag == cbasn1.UTCTime { // RFC 5280 section 4.1.2.5.1
		y += 1900
		if y < 1950 {
			y += 100
		}
	}
	month, day, hour, minute, second := field(year), field(year+2), field(year+4), field(year+6), 0
	if rest == 10 {
		second = field(year + 8)
	} else {
		c.Traits.Add(TimeNoSeconds)
	}
	east, ok := c.readZone(s[digits:])
	if !ok || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 {
		return false
	}
	t := time.Date(y, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if second == 60 {
		c.Traits.Add(TimeSecond60)
	}
	if time.Date(y, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day {
		c.Traits.Add(TimeNoSuchDay)
	}
	if rest != 10 || s[digits:] != "Z" || !c.Traits.And(Of(TimeNoSuchDay, TimeSecond60)).Empty() {
		c.note(BadTime)
	}
	*out = t.Add(-east)
	return true
}

// readZone reads what follows the digits of a time: how far its zone is east of
// UTC.
func (c *Certificate) readZone(zone string) (east time.Duration, ok bool) {
	if strings.HasPrefix(zone, ".") { // a fraction of a second
		zone = strings.TrimLeft(zone[1:], "0123456789")
		c.Traits.Add(TimeFraction)
	}
	switch {
	case zone == "Z":
		return 0, true
	case zone == "":
		c.Traits.Add(TimeNoZone)
		return 0, true
	case len(zone) != 5:
		return 0, false
	}
	hours, err := strconv.ParseUint(zone[1:3], 10, 8)
	minutes, err2 := strconv.ParseUint(zone[3:], 10, 8)
	if err != nil || err2 != nil || hours > 23 || minutes > 59 || zone[0] != '+' && zone[0] != '-' {
		return 0, false
	}
	c.Traits.Add(TimeOffset)
	east = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if zone[0] == '-' {
		east = -east
	}
	return east, true
}
