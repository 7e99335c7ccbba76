package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Upload stores what was announced. It returns nil only once that is durable.
// contentType is what the request says, "" for nothing. fault.Forbidden for a token
// that does not open an upload, fault.Invalid for content that is not what was
// announced; nothing is stored then.
func (s *Service) Upload(ctx context.Context, token, contentType string, content io.Reader) error {
	t, err := s.signer.read(token, toUpload)
	if err != nil {
		return err
	}
	if contentType != "" && contentType != t.Type {
		return fault.New(fault.Invalid, "the content type is %s, announced was %s", contentType, t.Type)
	}
	began := s.cfg.Now()
	check := &checked{r: content, left: t.Length, sum: sha256.New(), want: t.Hash}
	key := s.keyOf(t.Project, t.MediaID, t.Type)
	if err := s.blobs.Put(ctx, key, check); err != nil {
		if errors.Is(err, errNotAsAnnounced) {
			return fault.Wrap(fault.Invalid, err, "The content is not the %d bytes with the hash %s that were announced", t.Length, t.Hash)
		}
		if fault.CodeOf(err) == fault.Internal { // the reader's: the client went, or sent too much
			err = fault.Wrap(fault.Invalid, err, "The content could not be read to its end")
		}
		return err
	}
	now := s.cfg.Now()
	uploadedAt, millis := trace.MicrosOf(now), now.Sub(began).Milliseconds()
	return s.store.PutAsset(ctx, Asset{
		Project: t.Project, ID: t.MediaID, SHA256: t.Hash, ContentType: t.Type, Length: t.Length, Key: key,
		CreatedAt: trace.MicrosOf(began), UploadedAt: &uploadedAt, Status: uploaded, UploadMillis: &millis,
	})
}

// checked reads content and fails at its end, or beyond it, when it is not what was
// announced.
type checked struct {
	r    io.Reader
	left int64
	sum  hash.Hash
	want string
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.left -= int64(n)
	c.sum.Write(p[:n])
	switch {
	case c.left < 0:
		return n, errNotAsAnnounced
	case err == io.EOF && (c.left > 0 || HashOf([sha256.Size]byte(c.sum.Sum(nil))) != c.want):
		return n, errNotAsAnnounced
	}
	return n, err
}

// Opened is content on its way out.
type Opened struct {
	Asset
	Name   string // of the file
	Inline bool   // a browser may show it by itself
	Body   io.ReadSeekCloser
}

// Open opens content. fault.Forbidden for a token that does not open it.
func (s *Service) Open(ctx context.Context, token string) (Opened, error) {
	t, err := s.signer.read(token, toDownload)
	if err != nil {
		return Opened{}, err
	}
	a, err := s.store.Asset(ctx, t.Project, t.MediaID)
	if err != nil {
		return Opened{}, err
	}
	if a.Status != uploaded {
		return Opened{}, fault.New(fault.NotFound, "Media not yet uploaded")
	}
	body := &seeker{size: a.Length, open: func() (io.ReadCloser, error) { return s.blobs.Get(ctx, a.Key) }}
	if err := body.reopen(); err != nil {
		return Opened{}, err
	}
	return Opened{Asset: a, Name: a.ID + "." + s.types[a.ContentType], Inline: shownInline(a.ContentType), Body: body}, nil
}

// Keep stores content that was cut out of telemetry, and the links to it. It returns
// nil only once that is durable.
func (s *Service) Keep(ctx context.Context, p id.Project, contents []Content, links []Link) error {
	now := trace.MicrosOf(s.cfg.Now())
	var assets []Asset
	seen := map[string]bool{} // a conversation repeats its pictures with every message
	for _, c := range contents {
		if seen[c.ID] || s.known.has(p, c.ID) {
			continue
		}
		seen[c.ID] = true
		known, err := s.store.Asset(ctx, p, c.ID)
		switch {
		case err == nil && known.Status == uploaded:
			s.known.add(p, c.ID)
			continue
		case err != nil && !fault.Is(err, fault.NotFound):
			return err
		}
		a := Asset{
			Project: p, ID: c.ID, SHA256: c.Hash, ContentType: c.Type, Length: int64(len(c.Data)), Key: s.keyOf(p, c.ID, c.Type),
			CreatedAt: now, UploadedAt: &now, Status: uploaded,
		}
		if err := s.blobs.Put(ctx, a.Key, bytes.NewReader(c.Data)); err != nil {
			return err
		}
		assets = append(assets, a)
	}
	for i := range links {
		links[i].Project, links[i].CreatedAt = p, now
	}
	if err := s.store.Put(ctx, assets, links); err != nil {
		return err
	}
	for i := range assets {
		s.known.add(p, assets[i].ID)
	}
	return nil
}
