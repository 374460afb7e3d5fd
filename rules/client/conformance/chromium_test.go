package conformance

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// chromium is a browser that is started for each batch, since it reads the
// database of roots only once.
type chromium struct {
	dir, version string
	constraints  string // of anchors, in the form of its switch --test-crs-constraints; empty: none
}

func newChromium(t *testing.T, dir string) (session, error) {
	c := &chromium{dir: inMemory(t, dir)}
	if _, _, err := run(t.Context(), dir, "certutil", "--version"); err != nil {
		return nil, err
	}
	return c, c.browse(t.Context(), func(ctx context.Context) error {
		version, err := chromedp.CallBrowser(ctx, browser.GetVersion, cdp.Empty{})
		c.version = version.Product
		return err
	})
}

func (c *chromium) Version() string { return c.version }

// browse runs f with a new browser, which every name leads to loopback.
func (c *chromium) browse(ctx context.Context, f func(context.Context) error) error {
	profile, err := os.MkdirTemp(c.dir, "profile")
	if err != nil {
		return err
	}
	tab, leave := chromedp.NewContext(ctx, chromedp.WithAllocatorOptions(
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(profile),
		chromedp.NoInheritEnv, chromedp.Env(environment(c.dir)...),
		chromedp.NoSandbox, // as root it would not start otherwise; it sees nothing but our own servers
		chromedp.Flag("host-resolver-rules", "MAP * 127.0.0.1"), chromedp.ProxyServer("direct://"),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-domain-reliability", true),
		chromedp.WSURLReadTimeout(time.Minute),
		func(a *chromedp.ExecAllocator) {
			if c.constraints != "" {
				chromedp.Flag("test-crs-constraints", c.constraints)(a)
			}
		},
	))
	defer leave()
	err = f(tab)
	if ending := chromedp.Cancel(tab); err == nil && ctx.Err() == nil {
		err = ending
	}
	return err
}

func (c *chromium) Verdicts(ctx context.Context, jobs []job) ([]verdict, error) {
	if err := makeDatabase(ctx, filepath.Join(c.dir, ".pki", "nssdb"), jobs); err != nil {
		return nil, err
	}
	var out []verdict
	err := c.browse(ctx, func(ctx context.Context) error {
		// Loading instead of navigating spares it drawing pages that explain
		// the error.
		frames, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			return err
		}
		for _, j := range jobs {
			loaded, err := chromedp.Call(ctx, network.LoadNetworkResource, network.LoadNetworkResourceParams{
				FrameID: frames.FrameTree.Frame.ID, URL: "https://" + j.host + ":" + j.port + "/",
				Options: &network.LoadNetworkResourceOptions{DisableCache: true},
			})
			if err != nil && strings.Contains(err.Error(), "url must be valid") {
				out = append(out, verdict{failed: true, message: "INVALID_URL"})
				continue
			}
			if err != nil {
				return err
			}
			fault := loaded.Resource.NetErrorName
			blamed := strings.HasPrefix(fault, "net::ERR_CERT_") || fault == "net::ERR_SSL_SERVER_CERT_BAD_FORMAT"
			out = append(out, verdict{loaded.Resource.Success, !loaded.Resource.Success && !blamed, fault})
		}
		return nil
	})
	return out, err
}
