package account

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/secret"
)

const (
	publicPrefix = "pk-lf-"
	secretPrefix = "sk-lf-"
)

// Key is an API key pair as it is stored: the public half, and a digest of the
// secret half. The secret itself exists only in the hands of its owner.
type Key struct {
	ID      string
	Project id.Project
	// PublicKey is unique in the installation: pk-lf-<uuid>, or what the operator
	// chose.
	PublicKey string
	Digest    Digest
	// Display is what may be shown of the secret, as in sk-lf-...a1b2.
	Display   string
	Note      string    // free text, may be empty
	CreatedAt time.Time // UTC, microseconds
}

// Validate reports what a store must refuse, as fault.Invalid.
func (k Key) Validate() error {
	if err := checkText("key id", k.ID); err != nil {
		return err
	}
	if err := checkText("project id", string(k.Project)); err != nil {
		return err
	}
	if err := checkPublicKey(k.PublicKey); err != nil {
		return err
	}
	if len(k.Digest) != sha256.Size {
		return fault.New(fault.Invalid, "a key digest has %d bytes", sha256.Size)
	}
	if err := checkText("key display form", k.Display); err != nil {
		return err
	}
	if len(k.Note) > MaxNote || !utf8.ValidString(k.Note) || strings.ContainsRune(k.Note, 0) {
		return fault.New(fault.Invalid, "key note must be UTF-8 text of at most %d bytes without NUL", MaxNote)
	}
	return nil
}

// Digest is a keyed digest of an API secret. It prints as a mask.
type Digest []byte

// Equal compares two digests in constant time. It is the only way digests are
// compared.
func (d Digest) Equal(e Digest) bool { return subtle.ConstantTimeCompare(d, e) == 1 }

// String returns a mask.
func (d Digest) String() string { return "[digest]" }

// GoString returns a mask, for %#v.
func (d Digest) GoString() string { return d.String() }

// LogValue masks the digest in structured logs.
func (d Digest) LogValue() slog.Value { return slog.StringValue(d.String()) }

// digestOf returns the digest of a secret under the digest key.
func digestOf(digestKey []byte, s secret.Text) Digest {
	mac := hmac.New(sha256.New, digestKey)
	mac.Write([]byte(s.Reveal()))
	return mac.Sum(nil)
}

// Credentials is a key pair with its secret in hand: what is shown to its owner
// once.
type Credentials struct {
	Project   id.Project
	KeyID     string
	PublicKey string
	SecretKey secret.Text
}

// newPair makes a key pair. Each half is a version 4 UUID: 122 random bits.
func newPair() (public string, private secret.Text) {
	return publicPrefix + uuid.NewString(), secret.New(secretPrefix + uuid.NewString())
}

// display returns what may be shown of a secret. Secrets of the usual form show
// prefix and last four characters; one that the operator chose shows its last
// four, unless that would be a good part of it.
func display(s secret.Text) string {
	const tail, short = 4, 16
	text := s.Reveal()
	shown := ""
	if strings.HasPrefix(text, secretPrefix) {
		shown = secretPrefix
	}
	shown += "..."
	if len(text) >= short {
		runes := []rune(text)
		shown += string(runes[max(0, len(runes)-tail):])
	}
	return shown
}

// checkPublicKey accepts what can travel in an Authorization header in front of a
// colon.
func checkPublicKey(s string) error {
	if err := checkText("public key", s); err != nil {
		return err
	}
	if unfitForHeader(s) {
		return fault.New(fault.Invalid, "public key must not hold spaces or colons")
	}
	return nil
}

// checkSecretKey accepts what can travel in an Authorization header behind a
// colon. Messages never quote it.
func checkSecretKey(s secret.Text) error {
	if err := checkText("secret key", s.Reveal()); err != nil {
		return err
	}
	if unfitForHeader(s.Reveal()) {
		return fault.New(fault.Invalid, "secret key must not hold spaces or colons")
	}
	return nil
}

func unfitForHeader(s string) bool {
	return strings.Contains(s, ":") || strings.ContainsFunc(s, unicode.IsSpace)
}
