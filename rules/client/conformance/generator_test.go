package conformance

import (
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// TestGenerator makes many scenarios: each must be one that tlstest can make.
func TestGenerator(t *testing.T) {
	for n := range 100 {
		s := newScenario(7, n)
		text := s.recipe(time.Now())
		if testing.Verbose() && n < 12 {
			t.Log(s)
		}
		if _, err := tlstest.ParseRecipe(s.id, text); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	}
}
