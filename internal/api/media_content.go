package api

import (
	"encoding/base64"
	"mime"
	"net/http"
	"reflect"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// mediaContentRoutes are the ends of signed links. Who holds a link needs no key.
func mediaContentRoutes(cfg Config) []Route {
	const path = "/api/v1/media/content/{token}"
	token := []PathParam{{"token", "What the link allows and until when, signed."}}
	anything := []Content{{Type: "application/octet-stream"}}
	return []Route{
		{
			Method: "PUT", Path: path, Permission: public, Errors: Plain,
			ID: "media.upload", Tag: "Media", Summary: "Upload content by a signed link",
			Description: "The content must be what was announced: the same content type, length and hash.",
			Raw:         answered(Plain, cfg.uploadMedia),
			Wire: Wire{
				Params: token, Request: anything, Answer: []Content{{Type: jsonType, Schema: reflect.TypeFor[MessageError]()}},
				Failures: []int{http.StatusBadRequest, http.StatusForbidden, http.StatusServiceUnavailable},
			},
		},
		{
			Method: "GET", Path: path, Permission: public, Errors: Plain,
			ID: "media.download", Tag: "Media", Summary: "Download content by a signed link",
			Description: "Answers with the content's own type, in whole or in the range that is asked for. Nothing in it can run as part of this server: pages, scripts and vector graphics are sent as files to save.",
			Raw:         answered(Plain, cfg.downloadMedia),
			Statuses:    []int{http.StatusPartialContent},
			Wire: Wire{
				Params: token, Answer: anything,
				Failures: []int{http.StatusForbidden, http.StatusNotFound, http.StatusServiceUnavailable},
			},
		},
	}
}

// uploadTime is how long the upload of content may take; a gigabyte over a slow line
// needs longer than other bodies.
const uploadTime = time.Hour

func (c Config) uploadMedia(w http.ResponseWriter, r *http.Request) error {
	if err := http.NewResponseController(w).SetReadDeadline(c.Now().Add(uploadTime)); err != nil {
		return fault.Wrap(fault.Internal, err, "Internal Server Error")
	}
	contentType := r.Header.Get("Content-Type")
	if contentType != "" {
		bare, _, err := mime.ParseMediaType(contentType)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "The content type %q cannot be read", contentType)
		}
		contentType = bare
	}
	if sum := r.Header.Get("X-Amz-Checksum-Sha256"); sum != "" {
		if raw, err := base64.StdEncoding.DecodeString(sum); err != nil || len(raw) != 32 {
			return fault.New(fault.Invalid, "x-amz-checksum-sha256 is not the base64 text of a SHA-256 hash")
		}
	}
	err := c.Media.Upload(r.Context(), r.PathValue("token"), contentType, http.MaxBytesReader(w, r.Body, c.Media.MaxBytes()))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, MessageError{Message: "OK"})
}

func (c Config) downloadMedia(w http.ResponseWriter, r *http.Request) error {
	content, err := c.Media.Open(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	defer content.Body.Close()
	h := w.Header()
	disposition := "attachment"
	if content.Inline {
		disposition = "inline"
	}
	h.Set("Content-Type", content.ContentType)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": content.Name}))
	// Whatever a browser takes the content for, it runs nothing and loads nothing.
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // clients show it on pages of their own
	h.Set("Referrer-Policy", "no-referrer")               // the link itself is the key
	h.Set("Cache-Control", "private, max-age=3600, immutable")
	h.Set("Etag", `"`+content.ID+`"`)
	http.ServeContent(w, r, "", content.UploadedAt.Time(), content.Body)
	return nil
}
