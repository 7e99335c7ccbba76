package media

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// The origins of a link: who found out that the bytes belong there.
const (
	OriginUnknown       = "UNKNOWN"
	OriginClientUpload  = "CLIENT_UPLOAD"
	OriginExtraction    = "INGESTION_MEDIA_EXTRACTION"
	OriginFieldOverflow = "INGESTION_FIELD_OVERFLOW"
)

// The most bytes of the texts that a store keeps. Ids of traces and observations
// are the caller's own and may be long.
const (
	maxStoredText = 255
	maxStoredID   = 4096
	maxStoredNote = 10_000
)

// Asset is one stored file of a project. Its bytes are in blob storage.
type Asset struct {
	Project     id.Project
	ID          string // 22 characters of base64url: the head of the SHA-256
	SHA256      string // 44 characters of standard base64
	ContentType string
	Length      int64  // bytes
	Key         string // of the blob
	CreatedAt   trace.Micros

	// What became of the upload. UploadedAt is nil and Status 0 until somebody
	// said; Status is an HTTP status, the client's or 200 for what the server wrote.
	UploadedAt   *trace.Micros
	Status       int
	UploadError  string
	UploadMillis *int64 // how long it took; nil when nobody said
}

// Validate reports what a store must refuse, as fault.Invalid. It looks at what can
// be kept, not at whether id, hash and content type make sense.
func (a Asset) Validate() error {
	for _, text := range []storedText{
		{what: "project", value: string(a.Project), most: maxStoredText},
		{what: "media id", value: a.ID, most: maxStoredText},
		{what: "hash", value: a.SHA256, most: maxStoredText},
		{what: "content type", value: a.ContentType, most: maxStoredText},
		{what: "blob key", value: a.Key, most: 2 * maxStoredText},
	} {
		if err := text.validate(); err != nil {
			return err
		}
	}
	if a.Length < 0 {
		return fault.New(fault.Invalid, "media length must not be negative")
	}
	return checkUpload(a.UploadedAt, a.Status, a.UploadError, a.UploadMillis)
}

// Link says where a file is referred to: in a field of a trace, of an observation,
// or of a dataset item. The ids that do not apply are empty.
type Link struct {
	Project                  id.Project
	MediaID                  string
	TraceID, ObservationID   string
	Field                    string // input, output, metadata, expectedOutput
	DatasetID, DatasetItemID string
	Origin                   string // one of the Origin constants
	CreatedAt                trace.Micros
}

// Validate reports what a store must refuse, as fault.Invalid.
func (l Link) Validate() error {
	for _, text := range []storedText{
		{what: "project", value: string(l.Project), most: maxStoredText},
		{what: "media id", value: l.MediaID, most: maxStoredText},
		{what: "field", value: l.Field, most: maxStoredText},
		{what: "origin", value: l.Origin, most: maxStoredText},
		{what: "trace id", value: l.TraceID, most: maxStoredID, free: true},
		{what: "observation id", value: l.ObservationID, most: maxStoredID, free: true},
		{what: "dataset id", value: l.DatasetID, most: maxStoredID, free: true},
		{what: "dataset item id", value: l.DatasetItemID, most: maxStoredID, free: true},
	} {
		if err := text.validate(); err != nil {
			return err
		}
	}
	if l.TraceID == "" && l.DatasetItemID == "" {
		return fault.New(fault.Invalid, "a media link names a trace or a dataset item")
	}
	return nil
}

// Store keeps what is known about media: one asset for each id of a project, and
// the links to it.
//
// Every write validates its values first (Validate of the types) and refuses them
// with fault.Invalid, text with a NUL byte among them. A lookup with such text finds
// nothing. Text is compared byte by byte.
//
// A write returns nil only once it is durable; one that fails has changed nothing.
// Errors carry fault codes: NotFound as the methods say and where a project does not
// exist, Unavailable where trying again can help, after Close included. A cancelled
// context stops a call; its error then satisfies errors.Is with the context's.
type Store interface {
	// Asset returns the asset with the id, or NotFound.
	Asset(ctx context.Context, p id.Project, mediaID string) (Asset, error)
	// PutAsset stores the asset; one with the same id is replaced as a whole, unless
	// its content is here (Status 200) and that of the new one is not: then it stays.
	PutAsset(ctx context.Context, a Asset) error
	// Put stores assets, as PutAsset does, and links in one go. A link that exists stays
	// as it is: one with the same place, whatever its origin and time. NotFound when the asset of a link is neither there nor given.
	Put(ctx context.Context, assets []Asset, links []Link) error
	// SetUpload says what became of an upload: when, with which HTTP status, what the
	// other side wrote about it and how long it took (nil: unknown). Where the content
	// is here (Status 200), nothing but another 200 changes that. NotFound when the
	// project has no such asset.
	SetUpload(ctx context.Context, p id.Project, mediaID string, uploadedAt trace.Micros, status int, message string, millis *int64) error
	// Links returns the links that name the trace, by media id, observation and
	// field; none for an unknown trace, and none for the empty id.
	Links(ctx context.Context, p id.Project, traceID string) ([]Link, error)
}

// CheckUpload reports whether a store can keep what is said about an upload;
// otherwise fault.Invalid.
func CheckUpload(uploadedAt trace.Micros, status int, message string, millis *int64) error {
	return checkUpload(&uploadedAt, status, message, millis)
}

func checkUpload(uploadedAt *trace.Micros, status int, message string, millis *int64) error {
	switch {
	case uploadedAt != nil && !uploadedAt.InRange():
		return fault.New(fault.Invalid, "the time of the upload is out of range")
	case status < 0 || status > 999:
		return fault.New(fault.Invalid, "%d is not an HTTP status", status)
	case millis != nil && *millis < 0:
		return fault.New(fault.Invalid, "the duration of the upload must not be negative")
	}
	return storedText{what: "upload error", value: message, most: maxStoredNote, free: true}.validate()
}

// storedText is a text on its way into a store. A free one may be empty and hold
// control characters.
type storedText struct {
	what, value string
	most        int // bytes
	free        bool
}

func (t storedText) validate() error {
	switch {
	case t.value == "" && !t.free:
		return fault.New(fault.Invalid, "%s must not be empty", t.what)
	case len(t.value) > t.most:
		return fault.New(fault.Invalid, "%s is longer than %d bytes", t.what, t.most)
	case !utf8.ValidString(t.value) || strings.ContainsRune(t.value, 0):
		return fault.New(fault.Invalid, "%s must be UTF-8 text without NUL", t.what)
	case !t.free && strings.ContainsFunc(t.value, unicode.IsControl):
		return fault.New(fault.Invalid, "%s must not have control characters", t.what)
	}
	return nil
}
