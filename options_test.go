package tlschain

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"
)

// fields are the settings of a Config by name, those of Pace among them.
func fields(c *Config) map[string]reflect.Value {
	out := map[string]reflect.Value{}
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "Pace" {
			out[name] = v.Field(i)
		}
	}
	pace := v.FieldByName("Pace")
	for i := range pace.NumField() {
		out["Pace."+pace.Type().Field(i).Name] = pace.Field(i)
	}
	return out
}

// set gives a field some value that is not its default.
func set(t *testing.T, name string, v reflect.Value) {
	t.Helper()
	switch v.Interface().(type) {
	case []string:
		v.Set(reflect.ValueOf([]string{"some"}))
	case []uint16:
		v.Set(reflect.ValueOf([]uint16{8443}))
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(1e9, 0)))
	case float64:
		v.SetFloat(5)
	case bool:
		v.SetBool(true)
	default:
		switch v.Kind() {
		case reflect.String:
			v.SetString("some")
		case reflect.Int, reflect.Int64:
			v.SetInt(7)
		case reflect.Uint64:
			v.SetUint(7)
		default:
			t.Fatalf("%s is a %s", name, v.Type())
		}
	}
}

// Every field is paired with a flag and a key, or it is said why not; and there
// is no pair without a field.
func TestOptionsAreWhole(t *testing.T) {
	all := fields(new(Config))
	flags := map[string]bool{}
	for _, o := range Options() {
		if _, ok := all[o.Field]; !ok {
			t.Errorf("there is no field %s", o.Field)
		}
		if (o.Flag == "" || o.Key == "") == (o.Why == "") {
			t.Errorf("%s: flag %q, key %q, why %q", o.Field, o.Flag, o.Key, o.Why)
		}
		if flags[o.Flag] {
			t.Errorf("--%s stands twice", o.Flag)
		}
		flags[o.Flag] = true
	}
	for name := range all {
		if !slices.ContainsFunc(Options(), func(o Option) bool { return o.Field == name }) {
			t.Errorf("%s has no row in Options", name)
		}
	}
}

// A journal may go on at another pace, and with nothing else changed.
func TestHashIsOfAllButPace(t *testing.T) {
	seen := map[string]string{fmt.Sprint(new(Config).Hash()): "the zero Config"}
	for name := range fields(new(Config)) {
		var c Config
		set(t, name, fields(&c)[name])
		h := fmt.Sprint(c.Hash())
		if pace := len(name) > 5 && name[:5] == "Pace."; pace != (seen[h] == "the zero Config") {
			t.Errorf("%s: its hash is that of %q", name, seen[h])
		}
		if seen[h] == "" {
			seen[h] = name
		}
	}
}

// Files are where the caller says, and the Config they came from is left alone.
func TestWithFiles(t *testing.T) {
	c := Config{Roots: "roots.pem", Pool: []string{"a", "b"}, ClientKey: "key.pem"}
	moved := c.WithFiles(func(name string) string { return "/etc/" + name })
	want := Config{Roots: "/etc/roots.pem", Pool: []string{"/etc/a", "/etc/b"}, ClientKey: "/etc/key.pem"}
	if !reflect.DeepEqual(moved, want) || c.Pool[0] != "a" {
		t.Errorf("%+v of %+v", moved, c)
	}
}

// Secrets stay out of what is printed.
func TestFlagsHaveNoPasswords(t *testing.T) {
	c := Config{Proxy: "http://me:word@proxy.example:3128", Source: "192.0.2.1"}
	if got := c.Flags(ScanCommand); !slices.Equal(got, []string{"--source", "192.0.2.1"}) {
		t.Errorf("%q", got)
	}
}

// An error names the field, and is worded for whoever reads it.
func TestFieldErrors(t *testing.T) {
	for _, c := range []struct {
		config  Config
		field   string
		message string
	}{
		{Config{Pace: Pace{Rate: -1}}, "Pace.Rate", "pace.rate -1: type connections a second, or 0 for no limit"},
		{Config{Proxy: "gopher://x"}, "Proxy", ""},
		{Config{Resolve: []string{"x"}}, "Resolve", `resolve "x": type HOST:ADDRESS, such as example.com:192.0.2.7`},
		{Config{AIAAllow: []string{"10.0.0.0/8"}}, "AIAAllow", "aia_allow is about fetching, which aia allows"},
		{Config{Family: "5"}, "Family", ""}, {Config{DNS: "x"}, "DNS", ""}, {Config{Source: "x"}, "Source", ""},
		{Config{Variants: []string{"x"}}, "Variants", ""}, {Config{Ports: []uint16{0}}, "Ports", ""}, {Config{Prefer: "x"}, "Prefer", ""},
		{Config{ClientKey: "key.pem"}, "ClientKey", "client_key without client_cert"},
		{Config{Roots: "nowhere.pem"}, "Roots", "roots nowhere.pem: no such file or directory"},
		{Config{Clients: []string{"nobody"}}, "Clients", `there is no client and no group "nobody"`},
	} {
		_, err := New(c.config, Env{})
		field, ok := err.(*FieldError)
		if !ok || field.Field != c.field {
			t.Errorf("%+v: %v", c.config, err)
			continue
		}
		if said := field.Say(func(o Option) string { return o.Key }); c.message != "" && said.Error() != c.message {
			t.Errorf("%s: %s", c.field, said)
		}
	}
}
