package dashboard

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// Programs get what went wrong as a problem, people as a line.
func TestAPIRefuses(t *testing.T) {
	h := handler(t, filled(t, ""))
	for path, want := range map[string]string{
		"/api/v1/endpoints?severty=error": `there is no parameter "severty"; there are group, severity, `,
		"/api/v1/groups?group=web":        `there is no parameter "group" here`,
		"/api/v1/endpoints?severity=bad":  "or unreachable",
		"/api/v1/audits/99":               "not found",
		"/api/v1/nothing":                 "not found",
		"/api/v1/diff?from=x":             "ids of audits",
	} {
		w := get(h, path)
		var problem struct {
			Status        int
			Title, Detail string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || w.Header().Get("Content-Type") != "application/problem+json" ||
			problem.Status != w.Code || w.Code < 400 || problem.Title == "" || !strings.Contains(problem.Detail, want) {
			t.Errorf("%s: %d, %v: %+v, want %q", path, w.Code, err, problem, want)
		}
	}
	if w := get(h, "/audits/99"); w.Code != 404 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("a page: %d, %s", w.Code, w.Header())
	}
}

// No route of the API passes a parameter over: all that its document names refuse
// one that it does not.
func TestAPIRefusesUnknownParameters(t *testing.T) {
	h := handler(t, filled(t, ""))
	var document struct {
		Paths map[string]any
	}
	if err := json.Unmarshal(openAPI, &document); err != nil || len(document.Paths) < 9 {
		t.Fatal(err, document)
	}
	for path := range document.Paths {
		path = strings.NewReplacer("{id}", "1").Replace(path)
		w := get(h, path+"?severty=error")
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `there is no parameter \"severty\"`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// What shows no chain is not ok, findings and counts have names, and no date is
// that of the year 1.
func TestAPIIsPlain(t *testing.T) {
	h := handler(t, filled(t, ""))
	for path, want := range map[string]string{
		"/api/v1/endpoints?search=c.example": `"status":"failed","error":"refused","severity":"unreachable"`,
		"/api/v1/endpoints?search=a.example": `"rules":[{"rule":"missing-intermediate","severity":"error"}]`,
		"/api/v1/audits/2":                   `"counts":{"error":1,"warning":0,"info":0,"ok":3,"unreachable":1,"skipped":7}`,
	} {
		if text := get(h, path).Body.String(); !strings.Contains(text, want) {
			t.Errorf("%s lacks %s:\n%s", path, want, text)
		}
	}
	for _, path := range []string{
		"/api/v1/groups", "/api/v1/endpoints", "/api/v1/endpoints/1", "/api/v1/endpoints/3", "/api/v1/audits", "/api/v1/audits/2/changes",
		"/api/v1/audits/2/endpoints",
	} {
		if text := get(h, path).Body.String(); strings.Contains(text, "0001-01-01") {
			t.Errorf("%s has a date of the year 1:\n%s", path, text)
		}
	}
}
