package api

import (
	"context"
	"net/http"
	"strings"
)

// originOf returns the URL under which the caller reached the server, for links in
// answers. It is the configured one, or else what the request says of itself; nothing
// but such links goes by that.
func (c *Config) originOf(r *http.Request) string {
	if c.PublicURL != "" {
		return strings.TrimRight(c.PublicURL, "/")
	}
	scheme := "http"
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// link returns the absolute URL of a path of this server, for the caller of the
// request that the context belongs to.
func link(ctx context.Context, path string) string {
	if x := exchangeOf(ctx); x != nil {
		return x.origin + path
	}
	return path
}
