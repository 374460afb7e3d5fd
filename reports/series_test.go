package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/tlschain/tlschain/rules"
)

func TestTagLabels(t *testing.T) {
	for _, c := range []struct {
		tags string
		want string // labels, or a mistake
	}{
		{"team,env", "tag_team tag_env"},
		{"cost-center,Größe", "tag_cost_center tag_Gr__e"},
		{"endpoint", "tag_endpoint"},
		{"a-b,a_b", "a-b and a_b would both be the label tag_a_b: leave out one"},
		{"team,team", "team and team would both be the label tag_team: leave out one"},
		{"team=web", "a tag's name belongs here, such as team, and no value"},
		{" ", "a tag's name belongs here, such as team, and no value"},
		{"a,b,c,d,e,f,g,h,i,j,k", "11 tags: choose at most 10, each makes every series longer"},
	} {
		labels, err := TagLabels(strings.Split(c.tags, ","))
		var got []string
		for _, l := range labels {
			got = append(got, l.Label)
		}
		if err != nil {
			got = []string{err.Error()}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: %q, want %q", c.tags, got, c.want)
		}
	}
	if _, err := New("csv", nil, Options{TagLabels: []string{"team"}}); err == nil || !strings.Contains(err.Error(), "type --format prometheus") {
		t.Error(err)
	}
}

// Endpoints are counted by group, state and status, findings by group, rule and
// severity; what is waived does not count.
func TestCountsOfGroups(t *testing.T) {
	var b bytes.Buffer
	w, err := New("prometheus", &b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	web, mail := map[string]string{"group": "web"}, map[string]string{"group": "mail"}
	order := []Finding{{Rule: "wrong-order", Severity: rules.Warning}, {Rule: "wrong-order", Severity: rules.Error}, {Rule: "no-san", Severity: rules.Error, Waived: true}}
	for _, e := range []Endpoint{
		{Host: "a", Status: OK, Tags: web, Findings: order}, {Host: "b", Status: OK, Tags: web, Findings: order[:1]},
		{Host: "c", Status: OK, Tags: web, Findings: order[2:]}, {Host: "d", Status: Failed, Tags: mail}, {Host: "d", Status: Failed, Tags: mail},
	} {
		if err := w.Endpoint(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(Summary{}); err != nil {
		t.Fatal(err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	if _, err := parser.TextToMetricFamilies(bytes.NewReader(b.Bytes())); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`tlschain_endpoints{group="web",state="ok",status="ok"} 1`, `tlschain_endpoints{group="web",state="warning",status="ok"} 1`,
		`tlschain_endpoints{group="web",state="error",status="ok"} 1`, `tlschain_endpoints{group="mail",state="unreachable",status="failed"} 2`,
		`tlschain_findings{group="web",rule="wrong-order",severity="error"} 1`, `tlschain_findings{group="web",rule="wrong-order",severity="warning"} 1`,
		`tlschain_skipped_lines{group=""} 0`,
	} {
		if !strings.Contains(b.String(), want+"\n") {
			t.Errorf("no %s in\n%s", want, &b)
		}
	}
	if strings.Contains(b.String(), `tlschain_findings{group="web",rule="no-san"`) {
		t.Error("a waived finding counts")
	}
}
