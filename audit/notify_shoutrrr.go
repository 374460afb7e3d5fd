package audit

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// sendShoutrrr sends a message by a shoutrrr URL. The library knows the services; it
// takes no context, so an attempt that lasts longer than ctx is left behind: it
// has time limits of its own. No error holds the URL, which is a secret.
func sendShoutrrr(ctx context.Context, where string, m message) error {
	sender, err := shoutrrr.CreateSender(where)
	if err != nil {
		return hide(err, where)
	}
	text, params := m.Text, &types.Params{types.TitleKey: m.Title}
	if isPlainWebhook(where) {
		if text, err = m.encode(); err != nil {
			return err
		}
		params = &types.Params{}
	}
	done := make(chan error, 1)
	go func() { done <- errors.Join(sender.Send(text, params)...) }()
	select {
	case err := <-done:
		return hide(err, where)
	case <-ctx.Done():
		return errors.New("the receiver took too long")
	}
}

// isPlainWebhook reports whether a receiver is a program behind a URL, which gets
// the message as JSON as programs of exec do; a template in the URL asks for
// something else.
func isPlainWebhook(where string) bool {
	u, err := url.Parse(where)
	return err == nil && (u.Scheme == "generic" || strings.HasPrefix(u.Scheme, "generic+")) && !u.Query().Has("template")
}

// hide takes every part of a URL that may be a secret out of an error.
func hide(err error, where string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	secrets := []string{where}
	if u, bad := url.Parse(where); bad == nil {
		secrets = append(secrets, u.User.String(), u.Path, u.RawQuery)
		if password, ok := u.User.Password(); ok {
			secrets = append(secrets, password)
		}
		secrets = append(secrets, strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })...)
		for _, values := range u.Query() {
			secrets = append(secrets, values...)
		}
		if u.Scheme != "smtp" && !strings.HasPrefix(u.Scheme, "generic") {
			secrets = append(secrets, u.User.Username(), u.Host) // tokens, with many services
		}
	}
	for _, s := range secrets {
		if len(s) > 3 {
			text = strings.ReplaceAll(text, s, "***")
		}
	}
	return fmt.Errorf("%s", text)
}
