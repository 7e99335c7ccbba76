package media

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
)

// act is what a ticket lets its bearer do.
type act string

const (
	toUpload   act = "put"
	toDownload act = "get"
)

// ticket is what a signed link says. Whoever holds the link may do just that, until
// it expires.
type ticket struct {
	Act     act        `json:"a"`
	Project id.Project `json:"p"`
	MediaID string     `json:"m"`
	Expires int64      `json:"e"` // seconds since 1970

	// Of the content that is to be uploaded.
	Type   string `json:"t,omitempty"`
	Length int64  `json:"l,omitempty"`
	Hash   string `json:"h,omitempty"`
}

// signer signs and reads tickets.
type signer struct {
	key []byte
	now func() time.Time
}

// sign returns the token of a ticket: letters, digits, "-", "_" and one ".".
func (s signer) sign(t ticket) string {
	body, err := json.Marshal(t)
	if err != nil {
		panic("media: a ticket cannot be written: " + err.Error()) // it holds texts and numbers only
	}
	encoded := base64.RawURLEncoding.EncodeToString(body)
	return encoded + "." + base64.RawURLEncoding.EncodeToString(s.mac(encoded))
}

// read returns the ticket of a token. One that is forged, damaged, for something
// else or too old is fault.Forbidden.
func (s signer) read(token string, a act) (ticket, error) {
	encoded, mac, _ := strings.Cut(token, ".")
	given, err := base64.RawURLEncoding.DecodeString(mac)
	if err != nil || !hmac.Equal(given, s.mac(encoded)) {
		return ticket{}, fault.New(fault.Forbidden, "This media link is not valid")
	}
	var t ticket
	body, err := base64.RawURLEncoding.DecodeString(encoded)
	if err == nil {
		err = json.Unmarshal(body, &t)
	}
	switch {
	case err != nil || t.Act != a:
		return ticket{}, fault.New(fault.Forbidden, "This media link is not valid")
	case s.now().Unix() >= t.Expires:
		return ticket{}, fault.New(fault.Forbidden, "This media link has expired")
	}
	return t, nil
}

func (s signer) mac(encoded string) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(encoded))
	return h.Sum(nil)
}
