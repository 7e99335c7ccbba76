package vitals

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// CheckHealth asks a running server for its health at url and returns nil when it
// answers 200. The caller's context bounds the wait.
func CheckHealth(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("health check: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("health check: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(response.Body, 512)) // only to explain
		return fmt.Errorf("health check: %s answered %s: %s", url, response.Status, body)
	}
	return nil
}
