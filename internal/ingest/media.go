package ingest

import (
	"context"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/media"
)

// cutMedia moves content that stands in the texts of records to media storage, durably,
// and leaves references in its place.
func (s *Service) cutMedia(ctx context.Context, p id.Project, records []fold.Record) error {
	if s.meaning.Media == nil {
		return nil
	}
	cut := mediaCut{cutter: s.cutter, project: p, ids: map[string]bool{}, linked: map[media.Link]bool{}}
	for i := range records {
		if k := records[i].Kind; k == fold.Observation || k == fold.Trace {
			cut.record(&records[i])
		}
	}
	if len(cut.contents) == 0 {
		return nil
	}
	return s.meaning.Media.Keep(ctx, p, cut.contents, cut.links)
}

// mediaCut is what was found in the records of a request.
type mediaCut struct {
	cutter   *media.Cutter
	project  id.Project
	contents []media.Content // each once
	links    []media.Link    // likewise
	ids      map[string]bool
	linked   map[media.Link]bool
	found    int
}

// maxContents is how many different contents of one request are cut out, each of which
// is a file and a sync; maxReferences how many references they become. Texts beyond
// that stay as they are.
const (
	maxContents   = 1_000
	maxReferences = 10_000
)

func (m *mediaCut) record(r *fold.Record) {
	if strings.ContainsRune(r.TraceID, 0) || strings.ContainsRune(r.ID, 0) {
		return // no link can name it, and the request must not fail for that
	}
	for i := range r.Fields {
		if f := &r.Fields[i]; movable(f.Field) && !f.Value.Null {
			f.Value.S = m.text(r, f.Field, f.Value.S)
		}
	}
	r.Metadata.Object = m.text(r, fold.Metadata, r.Metadata.Object)
}

func (m *mediaCut) text(r *fold.Record, f fold.Field, text string) string {
	out, found := m.cutter.Cut(text)
	if len(found) == 0 || !m.fits(found) {
		return text
	}
	link := media.Link{TraceID: r.TraceID, Field: f.String(), Origin: media.OriginExtraction}
	if f == fold.Raw {
		link.Field = fold.Metadata.String()
	}
	if r.Kind == fold.Observation {
		link.ObservationID = r.ID
		if link.TraceID == "" {
			link.TraceID = id.TraceOfObservation(m.project, r.ID)
		}
	}
	for _, c := range found {
		link.MediaID = c.ID
		if !m.linked[link] {
			m.linked[link] = true
			m.links = append(m.links, link)
		}
		if !m.ids[c.ID] {
			m.ids[c.ID] = true
			m.contents = append(m.contents, c)
		}
	}
	m.found += len(found)
	return out
}

// fits reports whether what was found in a text is within the bounds.
func (m *mediaCut) fits(found []media.Content) bool {
	fresh := map[string]bool{}
	for i := range found {
		if !m.ids[found[i].ID] {
			fresh[found[i].ID] = true
		}
	}
	return m.found+len(found) <= maxReferences && len(m.contents)+len(fresh) <= maxContents
}
