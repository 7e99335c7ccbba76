// Package instance owns the instance key: 32 random bytes, made once per
// installation, from which every other key of the server is derived (digests of
// API secrets, signatures of links; sessions and sealed values later).
//
// The key lives in <data>/instance.key or comes from the operator. Whoever loses
// it loses every API key with it: backups must hold it. The package never hands
// out the key itself, only keys derived for a named [Purpose], and starts no
// goroutines.
package instance

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/secret"
)

// Size is the length of the instance key and of every derived key, in bytes.
const Size = 32

// Purpose names what a derived key is for. Keys of different purposes say nothing
// about each other. A purpose's text must never change: what was made under the
// old key would be lost.
type Purpose string

// The purposes.
const (
	// KeyDigests is the purpose of digests of API secrets.
	KeyDigests Purpose = "fusebox/api-key-digest/v1"
	// MediaLinks is the purpose of signatures of links to media.
	MediaLinks Purpose = "fusebox/media-link/v1"
)

// Key is the instance key. The zero Key is unusable: Derive panics on it.
type Key struct {
	material secret.Text // Size bytes, as lower-case hex
}

// Parse reads a key from its text form: 64 hex digits, spaces around them
// ignored. It is the form of the key file as well, so that a key can move between
// the file and the environment.
func Parse(text secret.Text) (Key, error) {
	raw, err := hex.DecodeString(strings.TrimSpace(text.Reveal()))
	if err != nil || len(raw) != Size { // err would quote a piece of the secret
		return Key{}, fmt.Errorf("an instance key is %d hex digits (%d random bytes)", 2*Size, Size)
	}
	return Key{material: secret.New(hex.EncodeToString(raw))}, nil
}

// Derive returns the key for a purpose, Size bytes long. The same instance key
// and purpose give the same bytes for good.
func (k Key) Derive(p Purpose) []byte {
	raw, err := hex.DecodeString(k.material.Reveal())
	if err != nil || len(raw) != Size {
		panic(errors.New("instance: Derive on a zero Key"))
	}
	derived, err := hkdf.Key(sha256.New, raw, nil, string(p), Size)
	if err != nil {
		// hkdf refuses only lengths over 255 hashes and, in FIPS mode, keys under
		// 14 bytes; both are constants here.
		panic(fmt.Errorf("instance: derive %q: %w", p, err))
	}
	return derived
}

// String returns a mask.
func (k Key) String() string { return k.material.String() }

// LogValue masks the key in structured logs.
func (k Key) LogValue() slog.Value { return k.material.LogValue() }
