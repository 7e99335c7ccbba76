package auth

import (
	"encoding/base64"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/secret"
)

// The schemes, with their space and case as they must be sent.
const (
	basicPrefix  = "Basic "
	bearerPrefix = "Bearer "
)

// parseBasic returns the halves of a Basic header: the first two parts at the
// colons of what is encoded. ok is false when a half is empty or nothing can be
// decoded.
func parseBasic(header string) (public string, private secret.Text, ok bool) {
	text, ok := decode(strings.TrimPrefix(header, basicPrefix))
	if !ok {
		return "", secret.Text{}, false
	}
	parts := strings.SplitN(text, ":", 3)
	if len(parts) < 2 || parts[0] == "" || parts[1] == "" {
		return "", secret.Text{}, false
	}
	return parts[0], secret.New(parts[1]), true
}

// decode reads base64 as leniently as the clients' own runtimes write it: either
// alphabet, with or without padding, white space anywhere.
func decode(encoded string) (string, bool) {
	plain := strings.Map(func(r rune) rune {
		switch r {
		case '-':
			return '+'
		case '_':
			return '/'
		case ' ', '\t', '\n', '\r', '\f':
			return -1
		}
		return r
	}, encoded)
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(plain, "="))
	return string(text), err == nil
}
