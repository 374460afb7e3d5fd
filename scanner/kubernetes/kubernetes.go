// Package kubernetes asks the API of a cluster for the certificates in its
// Secrets and for the hosts that present them. It reads and changes nothing.
package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Scheme begins the name of a cluster: k8s://CONTEXT/NAMESPACE, of which
// either may be left out.
const Scheme = "k8s://"

// The bounds of what an API answers.
const (
	pageSize = 250 // objects that are asked for at once
	maxPages = 4_000
	maxPage  = 64 << 20 // bytes
	maxWait  = time.Minute
)

// A Cluster is the API of one, as one user sees it.
type Cluster struct {
	server    string // URL without a slash at its end
	namespace string // the only one that is asked for; empty: all
	token     string
	client    *http.Client
}

// A Secret is one of type kubernetes.io/tls.
type Secret struct {
	Namespace, Name string
	Cert, Key       []byte // PEM, as it is stored
}

type meta struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

// Secrets hands on all TLS Secrets, a page of them in memory at a time.
func (c *Cluster) Secrets(ctx context.Context, take func(Secret) error) error {
	return list(ctx, c, "api/v1", "secrets", url.Values{"fieldSelector": {"type=kubernetes.io/tls"}}, func(s struct {
		Metadata meta              `json:"metadata"`
		Data     map[string][]byte `json:"data"`
	}) error {
		return take(Secret{s.Metadata.Namespace, s.Metadata.Name, s.Data["tls.crt"], s.Data["tls.key"]})
	})
}

var errAbsent = errors.New("the cluster does not have this kind of object")

// list hands on each object of a kind.
func list[T any](ctx context.Context, c *Cluster, group, kind string, query url.Values, take func(T) error) error {
	path := group
	if c.namespace != "" {
		path += "/namespaces/" + url.PathEscape(c.namespace)
	}
	path += "/" + kind
	if query == nil {
		query = make(url.Values)
	}
	query.Set("limit", fmt.Sprint(pageSize))
	for range maxPages {
		var page struct {
			Metadata struct {
				Continue string `json:"continue"`
			} `json:"metadata"`
			Items []T `json:"items"`
		}
		if err := c.get(ctx, path+"?"+query.Encode(), kind, &page); err != nil {
			return err
		}
		for _, item := range page.Items {
			if err := take(item); err != nil {
				return err
			}
		}
		if page.Metadata.Continue == "" {
			return nil
		}
		query.Set("continue", page.Metadata.Continue)
	}
	return fmt.Errorf("%s: the cluster has more than %d of them", kind, maxPages*pageSize)
}

func (c *Cluster) get(ctx context.Context, path, kind string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.server+"/"+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxPage+1))
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	switch {
	case response.StatusCode == http.StatusNotFound:
		return errAbsent
	case response.StatusCode != http.StatusOK:
		return refusal(response.StatusCode, kind, body)
	case len(body) > maxPage:
		return fmt.Errorf("%s: the cluster's answer has more than %d MiB", kind, maxPage>>20)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s: the cluster's answer is no list: %w", kind, err)
	}
	return nil
}

// refusal words what an API says beside another status than 200.
func refusal(code int, kind string, body []byte) error {
	var status struct {
		Message string `json:"message"`
	}
	said := http.StatusText(code)
	if json.Unmarshal(body, &status) == nil && status.Message != "" {
		said = fmt.Sprintf("%.500s", status.Message)
	}
	switch code {
	case http.StatusUnauthorized:
		return fmt.Errorf("the cluster does not know this user (%s): the token or the client certificate may have expired", said)
	case http.StatusForbidden:
		return fmt.Errorf("the user may not list %s (%s): give it the Role of docs/scan.md", kind, said)
	}
	return fmt.Errorf("%s: the cluster answers %d: %s", kind, code, strings.TrimSpace(said))
}
