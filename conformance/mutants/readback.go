package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
)

// replayed sends the requests to the server and then reads back all that it has,
// through every read that shows something of its own. Each answer is given to see,
// always in the same order; see ends the replay by returning false.
func (s *server) replayed(ctx context.Context, requests []request, see func(answer) bool) error {
	for i, r := range requests {
		s.clock.Store(int64(i))
		if !see(s.ask(r.http(ctx))) {
			return nil
		}
	}
	b := readback{ctx: ctx, server: s, see: see}
	b.everything()
	return b.err
}

// A readback goes through all lists to their ends.
type readback struct {
	ctx    context.Context
	server *server
	see    func(answer) bool

	ended bool // see has had enough, or an answer led nowhere
	err   error
}

// page is what a list or a trace is read for beside being compared: where it goes on.
type page struct {
	Data []struct {
		ID string `json:"id"`
	} `json:"data"`
	Observations []struct {
		ID string `json:"id"`
	} `json:"observations"`
	Meta struct {
		TotalPages int    `json:"totalPages"`
		Cursor     string `json:"cursor"`
	} `json:"meta"`
}

func (b *readback) everything() {
	var traces []string
	b.pages("/api/public/traces?limit=100", func(p page) {
		for _, t := range p.Data {
			traces = append(traces, t.ID)
		}
	})
	b.pages("/api/public/observations?limit=100", func(page) {})
	b.cursors("/api/public/v2/observations?limit=1000&fields=core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context")
	b.pages("/api/public/scores?limit=100", func(page) {})
	b.pages("/api/public/v2/scores?limit=100", func(p page) {
		for _, s := range p.Data {
			b.get("/api/v1/scores/" + url.PathEscape(s.ID))
		}
	})
	b.cursors("/api/public/v3/scores?limit=100&fields=core,details,subject,annotation")
	b.pages("/api/public/sessions?limit=100", func(p page) {
		for _, s := range p.Data {
			b.get("/api/public/sessions/" + url.PathEscape(s.ID))
		}
	})
	for _, t := range traces {
		b.get("/api/v1/traces/" + url.PathEscape(t))
		tree := b.get("/api/public/traces/" + url.PathEscape(t))
		for _, o := range tree.Observations {
			b.get("/api/v1/traces/" + url.PathEscape(t) + "/observations/" + url.PathEscape(o.ID))
		}
	}
}

func (b *readback) pages(list string, each func(page)) {
	for n, last := 1, 1; n <= last && !b.ended; n++ {
		p := b.get(fmt.Sprintf("%s&page=%d", list, n))
		each(p)
		last = p.Meta.TotalPages
	}
}

func (b *readback) cursors(list string) {
	for cursor := ""; !b.ended; {
		if cursor = b.get(list + "&cursor=" + url.QueryEscape(cursor)).Meta.Cursor; cursor == "" {
			return
		}
	}
}

// get asks for a path. An answer that is an error is shown like any other; it leads
// nowhere.
func (b *readback) get(path string) (p page) {
	if b.ended {
		return page{}
	}
	a := b.server.ask(httptest.NewRequestWithContext(b.ctx, http.MethodGet, path, http.NoBody))
	if b.ended = !b.see(a); b.ended || a.status != http.StatusOK {
		return page{}
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		b.ended, b.err = true, fmt.Errorf("%s: %w", a.request, err)
	}
	return p
}
