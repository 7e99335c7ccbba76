package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/api"
	"github.com/fusebox-llm/fusebox/internal/explore"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// Pages of any size give every score once and in order, with one value and with
// several.
func TestScorePages(t *testing.T) {
	onEveryStore(t, func(t *testing.T, store telemetry.Store) {
		w := newWorldOn(t, store, nil)
		for query, want := range map[string][]string{
			"":                                     {"blob", "none", "run", "ses", "corr", "text", "true", "cat", "no", "yes", "two", "half"},
			"&dataType=NUMERIC&value=0.5,2,3,0.25": {"run", "ses", "two", "half"},
		} {
			for limit := 1; limit <= len(want)+1; limit++ {
				got, cursor := []string{}, ""
				for page := 0; page == 0 || cursor != ""; page++ {
					path := fmt.Sprintf("/api/public/v3/scores?limit=%d%s&cursor=%s", limit, query, url.QueryEscape(cursor))
					res, body := w.call(t, "GET", path, http.Header{"Authorization": {keys()["judged"]}})
					var list struct {
						Data []struct{ ID string }
						Meta api.ScoresV3Meta
					}
					if err := json.Unmarshal([]byte(body), &list); err != nil || res.StatusCode != 200 || list.Meta.Limit != limit || page > len(want) {
						t.Fatalf("%s: %d %s", path, res.StatusCode, body)
					}
					for _, sc := range list.Data {
						got = append(got, sc.ID)
					}
					cursor = list.Meta.Cursor
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("pages of %d%s: %s", limit, query, diff)
				}
			}
		}
	})
}

// A deletion that fails is not called one.
func TestScoreDeletionThatFails(t *testing.T) {
	w := newWorld(t, func(c *api.Config) {
		c.DeleteScore = func(_ context.Context, p id.Project, scoreID string) error {
			if p != "p-3" || scoreID != "a/b" {
				t.Errorf("%s %s", p, scoreID)
			}
			return fault.New(fault.Unavailable, "Service Unavailable")
		}
	})
	res, body := w.call(t, "DELETE", "/api/public/scores/a%2Fb", http.Header{"Authorization": {keys()["judged"]}})
	if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

// What is too much for an answer is refused, and the message says how to ask for
// less.
func TestScoresAndSessionsTooLarge(t *testing.T) {
	w := newWorld(t, nil)
	w.cfg.Explore = explore.New(explore.Config{MaxResponseBytes: 10}, w.store, w.blobs)
	w.start(t)
	for _, path := range []string{
		"/api/public/scores", "/api/public/v2/scores", "/api/public/v3/scores", "/api/public/v3/scores?dataType=NUMERIC&value=0.5",
		"/api/public/scores/half", "/api/public/v2/scores/half", "/api/public/traces/tr-1?fields=scores", "/api/public/sessions/se-1",
	} {
		res, body := w.call(t, "GET", path, http.Header{"Authorization": {keys()["judged"]}})
		var answer api.ClassError
		if err := json.Unmarshal([]byte(body), &answer); err != nil || res.StatusCode != 422 || answer.Error != "PayloadTooLargeError" || answer.Message == "" {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}
