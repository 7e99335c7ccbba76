package media

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/fusebox-llm/fusebox/internal/blob"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Config is what a Service needs to be told.
type Config struct {
	// Key signs links; 32 bytes that survive a restart.
	Key []byte
	// MaxBytes is the size above which content is refused. Default 1,000,000,000.
	MaxBytes int64
	// Lifetime is how long a link is valid. Default one hour.
	Lifetime time.Duration
	Now      func() time.Time
}

// Service keeps content and hands out links to it. It is safe for concurrent use.
type Service struct {
	cfg    Config
	types  types
	signer signer
	store  Store
	blobs  blob.Bucket
	known  known
}

// New returns a Service.
func New(cfg Config, store Store, blobs blob.Bucket) *Service {
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = 1_000_000_000
	}
	if cfg.Lifetime <= 0 {
		cfg.Lifetime = time.Hour
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Service{
		cfg: cfg, types: extensions(), signer: signer{cfg.Key, cfg.Now}, store: store, blobs: blobs,
		known: known{ids: map[knownID]struct{}{}},
	}
}

// MaxBytes returns the size above which content is refused.
func (s *Service) MaxBytes() int64 { return s.cfg.MaxBytes }

// Accepts reports whether content of a type is taken.
func (s *Service) Accepts(contentType string) bool { return s.types[contentType] != "" }

// Extension returns the extension of files of an accepted content type.
func (s *Service) Extension(contentType string) string { return s.types[contentType] }

// Announced is what a client says of content that it wants to upload.
type Announced struct {
	ContentType string
	Length      int64
	Hash        string // see [HashOf]
	Link        Link   // where it belongs; MediaID is filled in
}

// Announce records where content belongs. token opens the upload of it; it is "" when
// the content is here already, with that type. fault.Invalid for what can be no
// content.
func (s *Service) Announce(ctx context.Context, p id.Project, a Announced) (mediaID, token string, err error) {
	sum, err := base64.StdEncoding.DecodeString(a.Hash)
	switch {
	case err != nil || len(sum) != 32:
		return "", "", fault.New(fault.Invalid, "sha256Hash must be the base64 text of a SHA-256 hash, 44 characters")
	case !s.Accepts(a.ContentType):
		return "", "", fault.New(fault.Invalid, "the content type %q is not accepted", a.ContentType)
	case a.Length <= 0:
		return "", "", fault.New(fault.Invalid, "contentLength must be greater than 0")
	case a.Length > s.cfg.MaxBytes:
		return "", "", fault.New(fault.Invalid, "File size must be less than %d bytes", s.cfg.MaxBytes)
	}
	now := s.cfg.Now()
	mediaID = IDOf([32]byte(sum))
	asset, err := s.store.Asset(ctx, p, mediaID)
	here := err == nil && asset.Status == uploaded && asset.ContentType == a.ContentType
	switch {
	case err != nil && !fault.Is(err, fault.NotFound):
		return "", "", err
	case err == nil && asset.Status == uploaded: // what is here stays, until the upload of another type is done
	case !here:
		asset = Asset{
			Project: p, ID: mediaID, SHA256: a.Hash, ContentType: a.ContentType, Length: a.Length,
			CreatedAt: trace.MicrosOf(now), Key: s.keyOf(p, mediaID, a.ContentType),
		}
		if err := s.store.PutAsset(ctx, asset); err != nil {
			return "", "", err
		}
	}
	a.Link.Project, a.Link.MediaID, a.Link.CreatedAt = p, mediaID, trace.MicrosOf(now)
	if err := s.store.Put(ctx, nil, []Link{a.Link}); err != nil {
		return "", "", err
	}
	if here {
		return mediaID, "", nil
	}
	return mediaID, s.signer.sign(ticket{
		Act: toUpload, Project: p, MediaID: mediaID, Expires: now.Add(s.cfg.Lifetime).Unix(),
		Type: a.ContentType, Length: a.Length, Hash: a.Hash,
	}), nil
}

// uploaded is the status of content that is here.
const uploaded = 200

// keyOf returns where content lies: nothing of it comes from a request but the hash.
func (s *Service) keyOf(p id.Project, mediaID, contentType string) string {
	return fmt.Sprintf("%s/media/%s.%s", id.Derive(string(p)), id.Derive(mediaID), s.types[contentType])
}

// Reported is what a client says became of its upload.
type Reported struct {
	At     time.Time
	Status int
	Error  string
	Millis *int64
}

// Report notes what became of an upload, unless the content is here: that is known
// better here. fault.NotFound for content that nobody announced, fault.Invalid for a
// success that nothing came with.
func (s *Service) Report(ctx context.Context, p id.Project, mediaID string, r Reported) error {
	asset, err := s.store.Asset(ctx, p, mediaID)
	if fault.Is(err, fault.NotFound) {
		return fault.Wrap(fault.NotFound, err, "Media asset not found")
	}
	switch {
	case err != nil:
		return err
	case asset.Status == uploaded:
		return nil
	case r.Status == uploaded || r.Status == 201:
		return fault.New(fault.Invalid, "The content of this media asset has not arrived: upload it first")
	}
	return s.store.SetUpload(ctx, p, mediaID, trace.MicrosOf(r.At), r.Status, cut(r.Error, maxStoredNote/4), r.Millis)
}

// cut returns at most n characters of a text.
func cut(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i]
		}
	}
	return text
}

// Find returns content that is here, with a token that opens it and when that
// expires. fault.NotFound when there is none, or none yet.
func (s *Service) Find(ctx context.Context, p id.Project, mediaID string) (a Asset, token string, expires time.Time, err error) {
	a, err = s.store.Asset(ctx, p, mediaID)
	switch {
	case fault.Is(err, fault.NotFound):
		return a, "", expires, fault.Wrap(fault.NotFound, err, "Media asset not found")
	case err != nil:
		return a, "", expires, err
	case a.Status == 0 || a.UploadedAt == nil:
		return a, "", expires, fault.New(fault.NotFound, "Media not yet uploaded")
	case a.Status != uploaded:
		return a, "", expires, fault.New(fault.NotFound, "Media upload failed with status %d: %s", a.Status, a.UploadError)
	}
	expires = s.cfg.Now().Add(s.cfg.Lifetime)
	token = s.signer.sign(ticket{Act: toDownload, Project: p, MediaID: mediaID, Expires: expires.Unix()})
	return a, token, expires, nil
}

// Links returns where a trace refers to content.
func (s *Service) Links(ctx context.Context, p id.Project, traceID string) ([]Link, error) {
	return s.store.Links(ctx, p, traceID)
}

// known remembers content that is here, so that what comes again and again costs no
// look-up. Content never goes away while a process lives.
type known struct {
	mu  sync.Mutex
	ids map[knownID]struct{}
}

type knownID struct {
	project id.Project
	media   string
}

// maxKnown bounds the memory; beyond it everything is forgotten and learnt again.
const maxKnown = 10_000

func (k *known) has(p id.Project, mediaID string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.ids[knownID{p, mediaID}]
	return ok
}

func (k *known) add(p id.Project, mediaID string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.ids) >= maxKnown {
		clear(k.ids)
	}
	k.ids[knownID{p, mediaID}] = struct{}{}
}

var errNotAsAnnounced = errors.New("the content is not what was announced")
