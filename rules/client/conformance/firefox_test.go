package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// firefox is a browser that is started for each batch, since it reads the
// database of roots only once. It is driven by its own remote protocol,
// Marionette: JSON with its length before it.
type firefox struct{ dir, version string }

func newFirefox(t *testing.T, dir string) (session, error) {
	f := &firefox{dir: inMemory(t, dir)}
	output, _, err := run(t.Context(), dir, "firefox-esr", "--version")
	f.version = lineWith(output, "Mozilla Firefox") // where it may make no namespaces, as in a container, it complains of that first
	return f, err
}

func (f *firefox) Version() string { return f.version }

// preferences keep the browser to what it was asked: every name leads to
// loopback, and no intermediate or revocation is had from anywhere else.
const preferences = `
user_pref("marionette.port", 0);
user_pref("network.dns.forceResolve", "127.0.0.1");
user_pref("network.proxy.type", 0);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("security.OCSP.enabled", 0);
user_pref("security.enterprise_roots.enabled", false);
user_pref("security.pki.crlite_mode", 0);
user_pref("security.remote_settings.intermediates.enabled", false);
user_pref("browser.safebrowsing.downloads.remote.enabled", false);
user_pref("app.update.enabled", false);
user_pref("toolkit.telemetry.enabled", false);
`

// load asks for a URL from within the browser itself, which tells the error
// that a page does not get to see.
const load = `
const [url, done] = arguments;
const request = new XMLHttpRequest({mozAnon: true});
try {
  request.open("GET", url);
} catch (e) {
  done("INVALID_URL");
  return;
}
request.onload = () => done("");
request.onerror = () => done(request.channel.securityInfo?.errorCodeString || "status " + request.channel.status);
request.send();
`

func (f *firefox) Verdicts(ctx context.Context, jobs []job) ([]verdict, error) {
	profile := filepath.Join(f.dir, "profile")
	if err := makeDatabase(ctx, profile, jobs); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(preferences), 0o600); err != nil {
		return nil, err
	}
	m, err := startMarionette(ctx, f.dir, profile)
	if err != nil {
		return nil, err
	}
	defer m.stop()
	var out []verdict
	for _, j := range jobs {
		var answer struct {
			Value string `json:"value"`
		}
		err := m.call(&answer, "WebDriver:ExecuteAsyncScript", map[string]any{"script": load, "args": []string{"https://" + j.host + ":" + j.port + "/"}})
		if err != nil {
			return nil, fmt.Errorf("asked about %s: %w", j.host, err)
		}
		fault := answer.Value
		blamed := strings.HasPrefix(fault, "SEC_ERROR_") || strings.HasPrefix(fault, "MOZILLA_PKIX_ERROR_") || fault == "SSL_ERROR_BAD_CERT_DOMAIN"
		out = append(out, verdict{fault == "", fault != "" && !blamed, fault})
	}
	return out, nil
}

// A marionette is a browser under control.
type marionette struct {
	cmd  *exec.Cmd
	conn net.Conn
	in   *bufio.Reader
	asks int
}

func startMarionette(ctx context.Context, home, profile string) (*marionette, error) {
	m := &marionette{cmd: exec.CommandContext(ctx, "firefox-esr", "--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile", profile)}
	m.cmd.Env = environment(home)
	if err := m.cmd.Start(); err != nil {
		return nil, err
	}
	err := m.attach(ctx, filepath.Join(profile, "MarionetteActivePort"))
	if err != nil {
		m.stop()
		return nil, fmt.Errorf("attaching to firefox-esr: %w", err)
	}
	return m, nil
}

// attach connects as soon as the browser has written to which port.
func (m *marionette) attach(ctx context.Context, file string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	var dialer net.Dialer
	for {
		port, err := os.ReadFile(file)
		if err == nil && len(port) > 0 {
			m.conn, err = dialer.DialContext(ctx, "tcp", "127.0.0.1:"+strings.TrimSpace(string(port)))
		}
		if err == nil && m.conn != nil {
			break
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(50 * time.Millisecond):
		}
	}
	m.in = bufio.NewReader(m.conn)
	if _, err := m.receive(); err != nil { // a greeting
		return err
	}
	if err := m.call(nil, "WebDriver:NewSession", map[string]any{}); err != nil {
		return err
	}
	return m.call(nil, "Marionette:SetContext", map[string]any{"value": "chrome"})
}

func (m *marionette) call(answer any, command string, parameters any) error {
	m.asks++
	message, err := json.Marshal([]any{0, m.asks, command, parameters})
	if err != nil {
		return err
	}
	m.conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(message), message); err != nil {
		return err
	}
	reply, err := m.receive()
	if err != nil {
		return err
	}
	var kind, number int
	var fault *struct{ Error, Message string }
	if answer == nil {
		answer = new(any)
	}
	if err := json.Unmarshal(reply, &[]any{&kind, &number, &fault, answer}); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	if fault != nil {
		return fmt.Errorf("%s: %s: %s", command, fault.Error, fault.Message)
	}
	return nil
}

func (m *marionette) receive() ([]byte, error) {
	size, err := m.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(size, ":"))
	if err != nil {
		return nil, err
	}
	message := make([]byte, n)
	_, err = io.ReadFull(m.in, message)
	return message, err
}

// stop ends the browser, gently where it can be spoken to.
func (m *marionette) stop() {
	if m.conn == nil || m.call(nil, "Marionette:Quit", map[string]any{"flags": []string{"eForceQuit"}}) != nil {
		m.cmd.Process.Kill()
	}
	if m.conn != nil {
		m.conn.Close()
	}
	m.cmd.Wait()
}
