package tlschain

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/revocation"
	"github.com/tlschain/tlschain/scanner/fetch"
)

// Bounds of what revocation may make us fetch. The largest CRLs of public CAs
// have some ten MB; a million certificates take fifty.
const (
	maxList          = 64 << 20 // bytes of a CRL
	maxResponse      = 64 << 10 // bytes of an OCSP response
	maxListTime      = 30 * time.Second
	maxListAge       = 12 * time.Hour // from then on a CRL of an earlier run is fetched again: a night's audit has a new one
	largeAtOnce      = 2              // CRLs over a MiB that are in memory as they came
	maxTargetTime    = 90 * time.Second
	maxTargetFetches = 16
	maxRunFetches    = 100_000
	rememberedLists  = 64 << 20 // bytes of what CRLs were made into, and as many older ones
)

// A revoker asks CAs whether certificates that were presented are revoked. It is
// safe for concurrent use, and fetches each CRL once for as long as it is good.
type revoker struct {
	client  fetch.Client
	kept    *fetch.Folder // CRLs, from one run to the next
	at      time.Time     // as of when; zero: as of each moment
	known   fetch.Cache[published]
	large   chan struct{}
	fetches atomic.Int64
}

// published is what one URL gave: a CRL, or an OCSP response.
type published struct {
	list     *revocation.List
	response []byte
	fault    string
}

func newRevoker(client fetch.Client, folder string, at time.Time) *revoker {
	return &revoker{client: client, kept: &fetch.Folder{Path: folder}, at: at,
		known: fetch.Cache[published]{Bytes: rememberedLists}, large: make(chan struct{}, largeAtOnce)}
}

// about asks where the certificate says, until something is known: a CRL first,
// which answers for all that its issuer issued.
func (q *inquiry) about(ctx context.Context, c *cert.Certificate, issuers []*cert.Certificate) (answers []revocation.Answer) {
	lists, responders := overHTTP(c.CRLs, maxURLs), overHTTP(c.OCSP, 1)
	switch {
	case len(lists)+len(responders) == 0:
		return []revocation.Answer{{Status: revocation.Unpublished}}
	case len(issuers) == 0:
		a := revocation.Answer{Source: revocation.CRL, Status: revocation.NotJudged, Fault: "the certificate of its issuer is not at hand"}
		if a.URL = slices.Concat(lists, responders)[0]; len(lists) == 0 {
			a.Source = revocation.OCSP
		}
		return []revocation.Answer{a}
	}
	issuer := issuers[0]
	for _, url := range lists {
		answers = append(answers, q.list(ctx, url, c, issuer))
		if answers[len(answers)-1].Final() {
			return answers
		}
	}
	for _, url := range responders {
		answers = append(answers, q.response(ctx, url, c, issuer))
	}
	return answers
}

// overHTTP gives the first URLs that can be fetched; if there are none, the
// first of the others, so that the answer says why.
func overHTTP(urls []string, n int) (out []string) {
	for _, url := range urls {
		if len(url) > 5 && strings.EqualFold(url[:5], "http:") && len(out) < n {
			out = append(out, url)
		}
	}
	if out == nil {
		out = urls[:min(1, len(urls))]
	}
	return out
}

func (q *inquiry) list(ctx context.Context, url string, c, issuer *cert.Certificate) revocation.Answer {
	// By the issuer's key, too: another CA's certificate may name the same URL.
	p := q.fetch(ctx, issuer.Key.SPKI.String()+" "+url, func() (p published, size int, until time.Time) {
		list, fault := q.revoker.list(ctx, url, issuer)
		if list == nil {
			return published{fault: fault}, 0, until
		}
		return published{list: list}, list.Size(), list.NextUpdate
	})
	a := revocation.Answer{Source: revocation.CRL, Status: revocation.Unavailable, Fault: p.fault}
	if p.list != nil {
		a = p.list.Judge(c, issuer, q.revoker.now())
	}
	a.URL = url
	return a
}

// list gets a CRL: the one that an earlier run kept, if the issuer signed that,
// or what the URL gives now. fault says why there is none.
func (r *revoker) list(ctx context.Context, url string, issuer *cert.Certificate) (list *revocation.List, fault string) {
	entered := false
	defer func() {
		if entered {
			<-r.large
		}
	}()
	enter := func(ctx context.Context) error {
		if entered {
			return nil
		}
		select {
		case r.large <- struct{}{}:
			entered = true
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	request := fetch.Request{URL: url, Accept: "application/pkix-crl, */*", Kind: "CRL", Limit: maxList,
		Timeout: cmp.Or(r.client.Timeout, maxListTime), Large: enter}
	if kept, ok := r.kept.Get(ctx, request); ok {
		if list, err := revocation.ParseList(kept, issuer.Key); err == nil && list.Signed() && list.NextUpdate.After(time.Now()) {
			return list, ""
		}
	}
	body, failure := r.client.Get(ctx, request)
	if failure != nil {
		return nil, failure.Message
	}
	list, err := revocation.ParseList(body, issuer.Key)
	if err != nil {
		return nil, err.Error()
	}
	if list.Signed() { // a folder that cannot be written to is no reason to judge less
		_ = r.kept.Put(url, body, slices.MinFunc([]time.Time{list.NextUpdate, time.Now().Add(maxListAge)}, time.Time.Compare))
	}
	return list, ""
}

func (q *inquiry) response(ctx context.Context, responder string, c, issuer *cert.Certificate) revocation.Answer {
	a := revocation.Answer{Source: revocation.OCSP, URL: responder, Status: revocation.Unavailable}
	url := revocation.RequestURL(responder, c, issuer)
	if url == "" {
		a.Fault = "it cannot be asked by a URL"
		return a
	}
	p := q.fetch(ctx, url, func() (p published, size int, until time.Time) {
		body, failure := q.revoker.client.Get(ctx, fetch.Request{
			URL: url, Accept: "application/ocsp-response, */*", Kind: "OCSP response", Limit: maxResponse,
		})
		if failure != nil {
			return published{fault: failure.Message}, 0, until
		}
		return published{response: body}, len(body), until
	})
	if p.response == nil {
		a.Fault = p.fault
		return a
	}
	r, err := revocation.ReadResponse(p.response, c, issuer, q.revoker.now())
	if err != nil {
		a.Fault = "the answer is no OCSP response that says something"
		return a
	}
	a = r.Trusted()
	a.URL = responder
	return a
}

// fetch asks for what nobody has asked for in this run, within the bounds.
func (q *inquiry) fetch(ctx context.Context, key string, get func() (p published, size int, until time.Time)) published {
	if q.left--; q.left < 0 {
		return published{fault: fmt.Sprintf("this endpoint already made us fetch %d URLs", maxTargetFetches)}
	}
	if len(key) > 2*fetch.MaxURL {
		return published{fault: "the URL is too long"}
	}
	p, ok := q.revoker.known.Do(ctx, key, func() (k fetch.Kept[published]) {
		if q.revoker.fetches.Add(1) > maxRunFetches {
			k.Value.fault = fmt.Sprintf("this run already fetched %d URLs", maxRunFetches)
			return k
		}
		k.Value, k.Size, k.Until = get()
		k.Void = k.Value.fault != "" && ctx.Err() != nil
		if !k.Until.After(time.Now()) {
			k.Until = time.Time{} // what is out of date already is not asked for again and again
		}
		return k
	})
	if !ok {
		return published{fault: "interrupted while waiting for another fetch of the same URL"}
	}
	return p
}

// now is as of when answers are judged.
func (r *revoker) now() time.Time {
	if r.at.IsZero() {
		return time.Now()
	}
	return r.at
}
