package conformance

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// chromium is a browser that is started for each batch, since it reads the
// database of roots once. Every name leads it to loopback.
type chromium struct{ dir, version string }

func newChromium(t *testing.T, dir string) (session, error) {
	c := &chromium{dir: dir}
	if _, _, err := run(t.Context(), dir, "certutil"); err != nil {
		return nil, err
	}
	return c, c.browse(t.Context(), func(ctx context.Context) (err error) {
		_, c.version, _, _, _, err = browser.GetVersion().Do(ctx)
		return err
	})
}

func (c *chromium) Version() string { return c.version }

// browse runs f in a tab of a new browser.
func (c *chromium) browse(ctx context.Context, f func(context.Context) error) error {
	profile, err := os.MkdirTemp(c.dir, "profile")
	if err != nil {
		return err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(profile), chromedp.Env(environment(c.dir)...),
		chromedp.NoSandbox, // as root it would not start otherwise; it sees nothing but our own servers
		chromedp.Flag("host-resolver-rules", "MAP * 127.0.0.1"), chromedp.Flag("proxy-server", "direct://"),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-domain-reliability", true),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	allocated, end := chromedp.NewExecAllocator(ctx, options...)
	defer end()
	tab, leave := chromedp.NewContext(allocated)
	defer leave()
	defer chromedp.Cancel(tab) // closes it in order, and waits
	return chromedp.Run(tab, chromedp.ActionFunc(f))
}

func (c *chromium) Verdicts(ctx context.Context, jobs []job) ([]verdict, error) {
	if err := makeDatabase(ctx, filepath.Join(c.dir, ".pki", "nssdb"), jobs); err != nil {
		return nil, err
	}
	var out []verdict
	err := c.browse(ctx, func(ctx context.Context) error {
		for _, j := range jobs {
			_, _, fault, _, err := page.Navigate("https://" + j.host + ":" + j.port + "/").Do(ctx)
			if err != nil {
				return err
			}
			blamed := strings.HasPrefix(fault, "net::ERR_CERT_") || fault == "net::ERR_SSL_SERVER_CERT_BAD_FORMAT"
			out = append(out, verdict{fault == "", fault != "" && !blamed, fault})
		}
		return nil
	})
	return out, err
}
