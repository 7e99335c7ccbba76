package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// binary is the path of the binary under test, built once by TestMain.
var binary string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "fusebox-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if binary, err = fusebox.Build(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// start starts a server on a data folder and kills it when the test ends.
func start(t *testing.T, o fusebox.Options) *fusebox.Server {
	t.Helper()
	o.Binary = binary
	if o.Data == "" {
		o.Data = t.TempDir()
	}
	if o.Log == nil {
		o.Log = t.Output()
	}
	s, err := fusebox.Start(context.WithoutCancel(t.Context()), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

// answer is a response that was read whole.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// JSON decodes the body as a JSON object.
func (a answer) JSON(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.Body), &v); err != nil {
		t.Fatalf("status %d, not a JSON object: %v\n%.500s", a.Status, err, a.Body)
	}
	return v
}

// send sends a request with the project's credentials; header holds "name:
// value" lines.
func send(t *testing.T, s *fusebox.Server, method, path string, body io.Reader, header ...string) answer {
	t.Helper()
	a, err := try(t.Context(), s, method, path, body, header...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func try(ctx context.Context, s *fusebox.Server, method, path string, body io.Reader, header ...string) (answer, error) {
	req, err := s.Request(ctx, method, path, body)
	if err != nil {
		return answer{}, err
	}
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
		if name == "Host" {
			req.Host = value
		}
	}
	return do(http.DefaultClient, req)
}

// tryGet asks without a key.
func tryGet(ctx context.Context, url string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, err
	}
	return do(http.DefaultClient, req)
}

func do(client *http.Client, req *http.Request) (answer, error) {
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(raw)}, err
}

const (
	protobuf = "Content-Type: application/x-protobuf"
	jsonBody = "Content-Type: application/json"
)
