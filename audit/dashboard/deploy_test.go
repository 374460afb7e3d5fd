package dashboard

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/tlschain/tlschain/audit"
)

// What audit/deploy offers can be read, and names no metric that there is not.
func TestDeployFiles(t *testing.T) {
	names := map[string]bool{}
	descriptions := make(chan *prometheus.Desc, 100)
	(&collector{}).Describe(descriptions)
	close(descriptions)
	fqName := regexp.MustCompile(`fqName: "([^"]+)"`)
	for d := range descriptions {
		names[fqName.FindStringSubmatch(d.String())[1]] = true
	}
	for _, series := range allSeries {
		names[series.name] = true
	}
	metric := regexp.MustCompile(`tlschain_[a-z_]+`)
	for _, file := range []string{"alerts.yml", "grafana.json", "cronjob.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "deploy", file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, ".json") {
			if !json.Valid(text) {
				t.Errorf("%s is no JSON", file)
			}
		} else {
			for _, document := range strings.Split(string(text), "\n---\n") {
				var v map[string]any
				if err := yaml.Unmarshal([]byte(document), &v); err != nil || len(v) == 0 {
					t.Errorf("%s: %v", file, err)
				}
				if data, ok := v["data"].(map[string]any); ok { // the ConfigMap's own configuration
					if _, err := audit.Parse([]byte(data["tlschain.yaml"].(string)), "tlschain.yaml"); err != nil {
						t.Error(err)
					}
				}
			}
		}
		used := metric.FindAllString(string(text), -1)
		if len(used) == 0 && file != "cronjob.yaml" {
			t.Errorf("%s names no metric", file)
		}
		for _, name := range used {
			if !names[name] {
				t.Errorf("%s names %s, which is no metric", file, name)
			}
		}
	}
}
