package media

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// The origins of content that a reference names: what stood in its place. Clients that
// resolve it put a data URI there, whatever the origin.
const (
	OfDataURI = "base64_data_uri"
	OfBytes   = "bytes"
)

const (
	referenceStart = "@@@langfuseMedia:"
	referenceEnd   = "@@@"
)

// Reference is what stands in a text in the place of content.
type Reference struct {
	Type   string // content type
	ID     string // see [IDOf]
	Source string // [OfDataURI], [OfBytes] or another that a client wrote
}

// String returns the reference as texts hold it.
func (r Reference) String() string {
	return referenceStart + "type=" + r.Type + "|id=" + r.ID + "|source=" + r.Source + referenceEnd
}

// IsReference reports whether a text is one reference and nothing else.
func IsReference(text string) bool {
	inner, ok := strings.CutPrefix(text, referenceStart)
	if !ok {
		return false
	}
	inner, ok = strings.CutSuffix(inner, referenceEnd)
	return ok && !strings.Contains(inner, referenceEnd)
}

// idLength is how much of the hash an id holds: 132 bits.
const idLength = 22

// IDOf returns the id of content: the first 22 characters of its hash. Clients work
// it out by themselves.
func IDOf(sum [sha256.Size]byte) string {
	return base64.RawURLEncoding.EncodeToString(sum[:])[:idLength]
}

// HashOf returns the hash of content as the API writes it.
func HashOf(sum [sha256.Size]byte) string { return base64.StdEncoding.EncodeToString(sum[:]) }
