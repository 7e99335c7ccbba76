package config

import (
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
)

// MetadataPath returns the file of the metadata database, for valid settings.
func (s Storage) MetadataPath() string {
	path, _ := s.metadataPath() // Validate has reported it
	return path
}

// TelemetryPath returns the file of the telemetry database, for valid settings.
func (s Storage) TelemetryPath() string {
	path, _ := s.telemetryPath() // Validate has reported it
	return path
}

// BlobPath returns the folder of blobs, for valid settings.
func (s Storage) BlobPath() string {
	path, _ := s.blobPath() // Validate has reported it
	return path
}

func (s Storage) metadataPath() (string, error) {
	return localPath(s.DatabaseURL, "sqlite", filepath.Join(s.Data, "meta.db"))
}

func (s Storage) telemetryPath() (string, error) {
	return localPath(s.TelemetryURL, "sqlite", filepath.Join(s.Data, "telemetry.db"))
}

func (s Storage) blobPath() (string, error) {
	return localPath(s.BlobURL, "file", filepath.Join(s.Data, "blobs"))
}

// localPath returns the path in a URL of the one scheme that works, or the default
// for an empty URL. Errors quote no more than the scheme, since such URLs hold
// passwords.
func localPath(raw, scheme, byDefault string) (string, error) {
	if raw == "" {
		return byDefault, nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" {
		return "", fmt.Errorf("is not a URL such as %s:///path", scheme)
	}
	if u.Scheme != scheme {
		return "", fmt.Errorf("this version cannot use %s: leave it empty or give %s:///path", u.Scheme, scheme)
	}
	if u.Host != "" || u.Opaque != "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" ||
		!strings.HasPrefix(u.Path, "/") || strings.HasSuffix(u.Path, "/") || strings.ContainsRune(u.Path, 0) {
		return "", fmt.Errorf("must be %s:/// with an absolute path and nothing else", scheme)
	}
	path := u.Path
	if runtime.GOOS == "windows" {
		path = strings.TrimPrefix(path, "/") // of /C:/folder
	}
	return filepath.FromSlash(path), nil
}
