package reports

import (
	"bytes"
	"image/png"
	"os"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tlschain/tlschain/reports/browsertest"
	"github.com/tlschain/tlschain/scanner/tlstest/golden"
)

// The README's picture is one endpoint of the example report, opened: its
// chain, its finding, and which clients accept it. -update takes it anew.
func TestReadmePicture(t *testing.T) {
	const file = "../docs/report.png"
	b := open(t, show(t, "html", Options{}))
	drawn := browsertest.JS[bool](b.Tab, `(() => {
		const shown = [...document.querySelectorAll(".ep")].find(e => e.dataset.n.startsWith("shop."));
		document.querySelectorAll(".ep").forEach(e => e.style.contentVisibility = "visible"); // else what is off the screen is not painted
		shown.open = true;
		shown.querySelectorAll("details").forEach(d => d.open = true);
		return shown.querySelector(".pic use").getBoundingClientRect().height > 40;
	})()`)
	browsertest.JS[int](b.Tab, settled)
	if !drawn {
		t.Error("the chain is not drawn")
	}
	if golden.Update() {
		if err := os.WriteFile(file, browsertest.Run(b.Tab, chromedp.Screenshot(chromedp.CSS(".ep[open]"))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	taken, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(taken)); err != nil {
		t.Errorf("%s: %v", file, err)
	}
}
