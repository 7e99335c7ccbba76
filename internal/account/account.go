package account

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
)

// MaxText is the most bytes an id, a name or a public key may have.
const MaxText = 255

// MaxNote is the most bytes of a key's note.
const MaxNote = 1000

// maxMetadata is the most bytes of an organization's or a project's metadata.
const maxMetadata = 64 << 10

// Organization groups projects.
type Organization struct {
	ID   id.Org
	Name string
	// Metadata is a JSON object the owner chose; nil is the empty object.
	Metadata  json.RawMessage
	CreatedAt time.Time // UTC, microseconds
}

// Validate reports what a store must refuse, as fault.Invalid.
func (o Organization) Validate() error {
	if err := checkText("organization id", string(o.ID)); err != nil {
		return err
	}
	if err := checkText("organization name", o.Name); err != nil {
		return err
	}
	return checkMetadata("organization", o.Metadata)
}

// Project is the tenant: every trace, score and key belongs to exactly one.
type Project struct {
	ID           id.Project
	Organization id.Org
	// Name is unique within the organization.
	Name string
	// Metadata is a JSON object the owner chose; nil is the empty object.
	Metadata json.RawMessage
	// RetentionDays is after how many days telemetry may go; 0 keeps it for good.
	RetentionDays int
	CreatedAt     time.Time // UTC, microseconds
}

// Validate reports what a store must refuse, as fault.Invalid.
func (p Project) Validate() error {
	if err := checkText("project id", string(p.ID)); err != nil {
		return err
	}
	if err := checkText("organization id", string(p.Organization)); err != nil {
		return err
	}
	if err := checkText("project name", p.Name); err != nil {
		return err
	}
	if p.RetentionDays < 0 {
		return fault.New(fault.Invalid, "retention must not be negative")
	}
	return checkMetadata("project", p.Metadata)
}

// checkText refuses what one database or another cannot keep or compare: the
// empty text, broken UTF-8, control characters (NUL among them) and too much.
func checkText(what, s string) error {
	switch {
	case s == "":
		return fault.New(fault.Invalid, "%s must not be empty", what)
	case len(s) > MaxText:
		return fault.New(fault.Invalid, "%s is longer than %d bytes", what, MaxText)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		return fault.New(fault.Invalid, "%s must be UTF-8 text without control characters", what)
	}
	return nil
}

func checkMetadata(what string, raw json.RawMessage) error {
	if raw == nil {
		return nil
	}
	if len(raw) > maxMetadata {
		return fault.New(fault.Invalid, "%s metadata is longer than %d bytes", what, maxMetadata)
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil || object == nil || !utf8.Valid(raw) {
		return fault.New(fault.Invalid, "%s metadata must be a JSON object", what)
	}
	return nil
}
