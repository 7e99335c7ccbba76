package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/instance"
)

// Error is everything that is wrong with the settings.
type Error struct {
	Problems []string // one sentence each, with the name of the setting
}

// Error returns all problems, one a line.
func (e *Error) Error() string {
	if len(e.Problems) == 1 {
		return e.Problems[0]
	}
	return fmt.Sprintf("%d settings are wrong:\n  %s", len(e.Problems), strings.Join(e.Problems, "\n  "))
}

// Validate reports all problems at once, as an *Error.
func (c Config) Validate() error {
	if problems := c.problems(); len(problems) > 0 {
		return &Error{Problems: problems}
	}
	return nil
}

func (c Config) problems() []string {
	var all []string
	check := func(flag string, err error) {
		if err != nil {
			all = append(all, fmt.Sprintf("--%s (%s): %v", flag, variable(flag), err))
		}
	}
	check("listen", checkAddress(c.HTTP.Listen))
	if c.HTTP.OpsListen != "" {
		check("ops-listen", checkAddress(c.HTTP.OpsListen))
		if c.HTTP.OpsListen == c.HTTP.Listen && !strings.HasSuffix(c.HTTP.Listen, ":0") {
			check("ops-listen", fmt.Errorf("%s is the same as --listen", c.HTTP.OpsListen))
		}
	}
	if c.HTTP.PublicURL != "" {
		check("public-url", checkPublicURL(c.HTTP.PublicURL))
	}
	check("drain-timeout", positive(c.HTTP.DrainTimeout))

	if c.Storage.Data == "" {
		check("data", fmt.Errorf("is empty"))
	}
	_, metadataErr := c.Storage.metadataPath()
	check("database-url", metadataErr)
	_, telemetryErr := c.Storage.telemetryPath()
	check("telemetry-url", telemetryErr)
	if metadataErr == nil && telemetryErr == nil && c.Storage.MetadataPath() == c.Storage.TelemetryPath() {
		check("telemetry-url", fmt.Errorf("is the same file as the metadata"))
	}
	_, err := c.Storage.blobPath()
	check("blob-url", err)

	check("roles", checkRoles(c.Roles))
	if c.Log.Format != "auto" && c.Log.Format != "json" && c.Log.Format != "text" {
		check("log-format", fmt.Errorf("%q is none of auto, json and text", c.Log.Format))
	}
	all = append(all, c.Limits.problems()...)

	if !c.Instance.SecretKey.IsZero() {
		if _, err := instance.Parse(c.Instance.SecretKey); err != nil {
			all = append(all, fmt.Sprintf("FUSEBOX_SECRET_KEY: %v", err))
		}
	}
	if err := c.Init.Account().Validate(); err != nil {
		all = append(all, strings.Split(err.Error(), "\n")...)
	}
	return all
}

func (l Limits) problems() []string {
	var all []string
	check := func(flag string, err error) {
		if err != nil {
			all = append(all, fmt.Sprintf("--%s (%s): %v", flag, variable(flag), err))
		}
	}
	check("max-body-size", positive(l.BodySize))
	check("max-decompressed-size", positive(l.DecompressedSize))
	check("max-compression-ratio", positive(l.CompressionRatio))
	check("max-events", positive(l.Events))
	check("max-spans", positive(l.Spans))
	check("max-attributes", positive(l.Attributes))
	check("max-depth", positive(l.Depth))
	check("max-key-size", positive(l.KeySize))
	check("max-inline-size", positive(l.InlineSize))
	check("max-value-size", positive(l.ValueSize))
	check("max-media-size", positive(l.MediaSize))
	check("count-timeout", positive(l.CountTimeout))
	if l.DecompressedSize < l.BodySize {
		check("max-decompressed-size", fmt.Errorf("%v is less than --max-body-size", l.DecompressedSize))
	}
	if l.ValueSize < l.InlineSize {
		check("max-value-size", fmt.Errorf("%v is less than --max-inline-size", l.ValueSize))
	}
	return all
}

func positive[T ~int | ~int64](n T) error {
	if n <= 0 {
		return fmt.Errorf("must be more than 0")
	}
	return nil
}

func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q is not an address such as 127.0.0.1:3000", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q is not a port from 0 to 65535", port)
	}
	return nil
}

func checkPublicURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("is not a URL such as https://fusebox.example.com")
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return fmt.Errorf("must not have a user, a query or a fragment")
	}
	return nil
}

func checkRoles(roles []Role) error {
	if len(roles) == 0 {
		return fmt.Errorf("names no role")
	}
	for i, r := range roles {
		if r != RoleAPI && r != RoleIngest && r != RoleWorker {
			return fmt.Errorf("%q is not one of api, ingest, worker", r)
		}
		if slices.Contains(roles[:i], r) {
			return fmt.Errorf("%s is named twice", r)
		}
	}
	return nil
}

// healthURL returns where the server that listens on address answers for its
// health. An address that means all interfaces is asked on loopback.
func healthURL(address string) (string, error) {
	if err := checkAddress(address); err != nil {
		return "", fmt.Errorf("--listen: %w", err)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", err
	}
	if n, err := strconv.Atoi(port); err != nil || n == 0 {
		return "", fmt.Errorf("--listen: port 0 does not say which port the server took")
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip.Is6() {
			host = "::1"
		}
	}
	return (&url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: "/api/public/health"}).String(), nil
}
