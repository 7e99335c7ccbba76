package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// NewMedia announces content. It belongs to a field of a trace or observation
// (traceId), or to one of a dataset item (datasetId and datasetItemId).
type NewMedia struct {
	// The content type; see the documentation of media for those that are accepted.
	ContentType string `json:"contentType"`
	// The size of the content in bytes.
	ContentLength int64 `json:"contentLength"`
	// The SHA-256 hash of the content, as base64.
	SHA256Hash string `json:"sha256Hash"`
	// The field that holds the reference: input, output or metadata; of a dataset item input, expectedOutput or metadata.
	Field string `json:"field"`
	// The trace that the content belongs to.
	TraceID *string `json:"traceId,omitempty"`
	// The observation of that trace that it belongs to.
	ObservationID *string `json:"observationId,omitempty"`
	// The dataset of the item that the content belongs to.
	DatasetID *string `json:"datasetId,omitempty"`
	// The dataset item that the content belongs to.
	DatasetItemID *string `json:"datasetItemId,omitempty"`
}

// AnnouncedMedia says where to upload content.
type AnnouncedMedia struct {
	// The id of the content: the first 22 characters of its hash, in the alphabet of URLs.
	MediaID string `json:"mediaId"`
	// Where to PUT the content, for an hour; null when it is here already.
	UploadURL *string `json:"uploadUrl"`
}

func (AnnouncedMedia) httpStatus() int { return http.StatusCreated }

// MediaUpload says what became of an upload.
type MediaUpload struct {
	// When the upload ended.
	UploadedAt string `json:"uploadedAt"`
	// The HTTP status of the upload's answer.
	UploadHTTPStatus int `json:"uploadHttpStatus"`
	// What the answer said.
	UploadHTTPError *string `json:"uploadHttpError,omitempty"`
	// How long the upload took, in milliseconds.
	UploadTimeMs *int64 `json:"uploadTimeMs,omitempty"`
}

// Media is content with a link that opens it.
type Media struct {
	// The id of the content.
	MediaID string `json:"mediaId"`
	// The content type.
	ContentType string `json:"contentType"`
	// The size of the content in bytes.
	ContentLength int64 `json:"contentLength"`
	// When the content arrived.
	UploadedAt Time `json:"uploadedAt"`
	// A link that opens the content without a key.
	URL string `json:"url"`
	// When the link expires.
	URLExpiry string `json:"urlExpiry"`
}

// TraceMedia lists the content that a trace refers to.
type TraceMedia struct {
	// Where content belongs, in the order of media ids.
	Data []MediaLink `json:"data"`
}

// MediaLink says where content belongs.
type MediaLink struct {
	// The id of the content.
	MediaID string `json:"mediaId"`
	// The observation that refers to it; null where it is the trace itself.
	ObservationID *string `json:"observationId"`
	// The field that holds the reference.
	Field string `json:"field"`
	// How the link came about: CLIENT_UPLOAD, or INGESTION_MEDIA_EXTRACTION for content that was cut out of what arrived.
	Origin string `json:"origin"`
}

// MediaQuery names content.
type MediaQuery struct {
	// The id of the content.
	MediaID string `path:"mediaId"`
}

func mediaRoutes(cfg Config) []Route {
	const tag = "Media"
	return slices.Concat([]Route{
		{
			Method: "POST", Path: "/api/public/media", Permission: telemetryWrite,
			ID: "media.getUploadUrl", Tag: tag, Summary: "Announce content and get a link to upload it",
			Description: "Content is known by its hash, once per project. uploadUrl is null when the server has it already; the link to the trace is recorded all the same.",
			Run:         Handle(cfg.announceMedia), Wire: Wire{Status: http.StatusCreated},
		},
		{
			Method: "PATCH", Path: "/api/public/media/{mediaId}", Permission: telemetryWrite,
			ID: "media.patch", Tag: tag, Summary: "Say what became of an upload",
			Run: Handle(cfg.reportMedia),
		},
		{
			Method: "GET", Path: "/api/public/media/{mediaId}", Permission: tracesRead,
			ID: "media.get", Tag: tag, Summary: "Get a link to content",
			Run: Handle(cfg.getMedia),
		},
		{
			Method: "GET", Path: "/api/v1/traces/{traceId}/media", Permission: tracesRead,
			ID: "media.ofTrace", Tag: tag, Summary: "List the content that a trace refers to",
			Run: Handle(cfg.traceMedia),
		},
	}, mediaContentRoutes(cfg))
}

func (c Config) announceMedia(ctx context.Context, in struct {
	Body NewMedia `body:"json"`
},
) (AnnouncedMedia, error) {
	b := in.Body
	l, wrong := b.link()
	if b.ContentType == "" || !c.Media.Accepts(b.ContentType) {
		types := media.Types()
		slices.Sort(types)
		wrong = append(wrong, wrongOption([]any{"contentType"}, types))
	}
	if b.ContentLength <= 0 {
		wrong = append(wrong, tooSmall([]any{"contentLength"}, 1))
	}
	if len(b.SHA256Hash) != 44 {
		wrong = append(wrong, brokenRule("sha256Hash", "Invalid input: the base64 text of a SHA-256 hash has 44 characters"))
	}
	if len(wrong) > 0 {
		return AnnouncedMedia{}, wrong
	}
	id, token, err := c.Media.Announce(ctx, projectOf(ctx), media.Announced{
		ContentType: b.ContentType, Length: b.ContentLength, Hash: b.SHA256Hash, Link: l,
	})
	if err != nil {
		return AnnouncedMedia{}, err
	}
	out := AnnouncedMedia{MediaID: id}
	if token != "" {
		url := link(ctx, contentPath(token))
		out.UploadURL = &url
	}
	return out, nil
}

// link returns where content belongs, and what is wrong with that.
func (b *NewMedia) link() (l media.Link, wrong IssuesError) {
	l = media.Link{
		TraceID: textOf(b.TraceID), ObservationID: textOf(b.ObservationID),
		DatasetID: textOf(b.DatasetID), DatasetItemID: textOf(b.DatasetItemID),
		Field: b.Field, Origin: media.OriginClientUpload,
	}
	fields := []string{"input", "output", "metadata"}
	switch ofItem := l.DatasetID != "" || l.DatasetItemID != ""; {
	case l.TraceID != "" && ofItem:
		wrong = append(wrong, brokenRule("traceId", "Content belongs either to a trace (traceId) or to a dataset item (datasetId and datasetItemId)"))
	case ofItem && (l.DatasetID == "" || l.DatasetItemID == ""):
		wrong = append(wrong, brokenRule("datasetItemId", "datasetId and datasetItemId come together"))
	case ofItem && l.ObservationID != "":
		wrong = append(wrong, brokenRule("observationId", "observationId comes with traceId"))
	case !ofItem && l.TraceID == "":
		wrong = append(wrong, brokenRule("traceId", "Either traceId, or datasetId and datasetItemId are needed"))
	case ofItem:
		fields[1] = "expectedOutput"
	}
	if !slices.Contains(fields, l.Field) {
		wrong = append(wrong, wrongOption([]any{"field"}, fields))
	}
	return l, wrong
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (c Config) reportMedia(ctx context.Context, in struct {
	MediaQuery
	Body MediaUpload `body:"json"`
},
) (MessageError, error) {
	at, ok := parseMicros(in.Body.UploadedAt)
	var wrong IssuesError
	if !ok {
		wrong = append(wrong, wrongInstant([]any{"uploadedAt"}))
	}
	if in.Body.UploadHTTPStatus <= 0 {
		wrong = append(wrong, tooSmall([]any{"uploadHttpStatus"}, 1))
	}
	if in.Body.UploadHTTPStatus > 999 {
		wrong = append(wrong, tooBig([]any{"uploadHttpStatus"}, "number", 999))
	}
	if ms := in.Body.UploadTimeMs; ms != nil && *ms < 0 {
		wrong = append(wrong, tooSmall([]any{"uploadTimeMs"}, 0))
	}
	if len(wrong) > 0 {
		return MessageError{}, wrong
	}
	err := c.Media.Report(ctx, projectOf(ctx), in.MediaID, media.Reported{
		At: at.Time(), Status: in.Body.UploadHTTPStatus, Error: textOf(in.Body.UploadHTTPError), Millis: in.Body.UploadTimeMs,
	})
	return MessageError{Message: "OK"}, err
}

func (c Config) getMedia(ctx context.Context, in MediaQuery) (Media, error) {
	a, token, expires, err := c.Media.Find(ctx, projectOf(ctx), in.MediaID)
	if err != nil {
		return Media{}, err
	}
	return Media{
		MediaID: a.ID, ContentType: a.ContentType, ContentLength: a.Length, UploadedAt: Time(*a.UploadedAt),
		URL: link(ctx, contentPath(token)), URLExpiry: trace.MicrosOf(expires).String(),
	}, nil
}

func (c Config) traceMedia(ctx context.Context, in TraceDetailQuery) (TraceMedia, error) {
	links, err := c.Media.Links(ctx, projectOf(ctx), in.TraceID)
	if err != nil {
		return TraceMedia{}, err
	}
	out := TraceMedia{Data: []MediaLink{}}
	for _, l := range links {
		one := MediaLink{MediaID: l.MediaID, Field: l.Field, Origin: l.Origin}
		if l.ObservationID != "" {
			one.ObservationID = &l.ObservationID
		}
		out.Data = append(out.Data, one)
	}
	return out, nil
}

func contentPath(token string) string { return "/api/v1/media/content/" + token }
