package variant

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

func utcTime(t time.Time) []byte {
	if t.Year() >= 2050 {
		return generalizedTime(t)
	}
	return tlv(0x17, []byte(t.Format("060102150405Z")))
}

func generalizedTime(t time.Time) []byte { return tlv(0x18, []byte(t.Format("20060102150405Z"))) }

// moment reads +30d, 20260320, utc:2611010000Z and gen:99991231235959Z, the
// last two as they are.
func moment(text string, now time.Time) ([]byte, error) {
	if raw, ok := strings.CutPrefix(text, "utc:"); ok {
		return tlv(0x17, []byte(raw)), nil
	}
	if raw, ok := strings.CutPrefix(text, "gen:"); ok {
		return tlv(0x18, []byte(raw)), nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return utcTime(now.UTC().Truncate(24*time.Hour).AddDate(0, 0, n)), err
	}
	t, err := time.Parse("20060102", text)
	if err != nil {
		return nil, fmt.Errorf("no moment %q", text)
	}
	return utcTime(t), nil
}

// rewritten is a time in another form: gen, nosec, offset or nozone.
func rewritten(der []byte, form string) ([]byte, error) {
	_, content, _ := read(der)
	digits := strings.TrimSuffix(string(content), "Z")
	full := digits
	if der[0] == 0x17 {
		full = "20" + digits
	}
	switch form {
	case "gen":
		return tlv(0x18, []byte(full+"Z")), nil
	case "nozone":
		return tlv(0x18, []byte(full)), nil
	case "nosec":
		return tlv(0x17, []byte(digits[:10]+"Z")), nil
	case "offset":
		return tlv(0x17, []byte(digits+"+0000")), nil
	}
	return nil, fmt.Errorf("no form %q of times", form)
}
