package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// previewBytes is how much of a value in blob storage stays in its row.
const previewBytes = 1 << 10

// checker holds the items of one request against the limits.
type checker struct {
	cfg  Config
	left int // values that the metadata of further items may hold
}

// refuses returns why the records of an item cannot be stored, or "".
func (c *checker) refuses(records []fold.Record) string {
	values := 0
	for i := range records {
		r := &records[i]
		if !r.Time.InRange() {
			return "a time is outside the years 1 to 9999"
		}
		for _, f := range r.Fields {
			size := int64(len(f.Value.S))
			switch {
			case movable(f.Field) && size > c.cfg.ValueBytes:
				return fmt.Sprintf("%s is larger than %d bytes", nameOf(f.Field), c.cfg.ValueBytes)
			case !movable(f.Field) && size > c.cfg.InlineBytes:
				return fmt.Sprintf("%s is larger than %d bytes", nameOf(f.Field), c.cfg.InlineBytes)
			}
			if timeField(f.Field) && !f.Value.Null && !trace.Micros(f.Value.N).InRange() {
				return "a time is outside the years 1 to 9999"
			}
		}
		if len(r.Tags) > c.cfg.Tags {
			return fmt.Sprintf("more than %d tags", c.cfg.Tags)
		}
		n := metadataValues(r.Metadata.Object)
		most := c.cfg.MetadataValues
		if r.Kind == fold.Score {
			most = c.cfg.ScoreValues
		}
		if n > most {
			return fmt.Sprintf("more than %d values in metadata", most)
		}
		for _, t := range r.Tags {
			if int64(len(t)) > c.cfg.InlineBytes {
				return fmt.Sprintf("a tag is larger than %d bytes", c.cfg.InlineBytes)
			}
		}
		values += n + len(r.Tags)
	}
	if values > c.left {
		return "too many tags and values of metadata in one request; send less at a time"
	}
	c.left -= values
	return ""
}

// nameOf returns a field as clients write it, where its own name would tell them
// nothing.
func nameOf(f fold.Field) string {
	switch f {
	case fold.ScoreValue:
		return "the score's name or value"
	case fold.TraceRef:
		return "traceId"
	case fold.ObservationRef:
		return "observationId"
	case fold.SessionRef:
		return "sessionId"
	case fold.RunRef:
		return "datasetRunId"
	case fold.Queue:
		return "queueId"
	case fold.ExecutionTrace:
		return "executionTraceId"
	}
	return f.String()
}

// metadataValues returns how many members the objects of a JSON text have. What
// lies inside an array is one value with it.
func metadataValues(object string) (n int) {
	arrays := 0
	for i := 0; i < len(object); i++ {
		switch object[i] {
		case '"':
			i = jsontext.AfterString(object, i) - 1
		case '[':
			arrays++
		case ']':
			arrays--
		case ':':
			if arrays == 0 {
				n++
			}
		}
	}
	return n
}

// movable reports whether a field's value can live in blob storage. Every other
// text is short by nature, is filtered by, and must fit into its row.
func movable(f fold.Field) bool {
	return f == fold.Input || f == fold.Output || f == fold.Raw
}

func timeField(f fold.Field) bool {
	return f == fold.Start || f == fold.End || f == fold.CompletionStart
}

// offload moves the record's values over the inline limit to blob storage.
func (s *Service) offload(ctx context.Context, p id.Project, r *fold.Record) error {
	for i := range r.Fields {
		f := &r.Fields[i]
		if !movable(f.Field) || int64(len(f.Value.S)) <= s.cfg.InlineBytes {
			continue
		}
		ref, err := s.put(ctx, p, r, f.Value.S)
		if err != nil {
			return err
		}
		f.Value.Ref, f.Value.Size = ref, int64(len(f.Value.S))
		f.Value.S = preview(f.Value.S)
	}
	if int64(len(r.Metadata.Object)) <= s.cfg.InlineBytes {
		return nil
	}
	leaves := fold.LeafsOf(r.Metadata, fold.Key{}).Leaves()
	for i := range leaves {
		l := &leaves[i]
		if l.Ref != "" || int64(len(l.JSON)) <= s.cfg.InlineBytes {
			continue
		}
		ref, err := s.put(ctx, p, r, l.JSON)
		if err != nil {
			return err
		}
		l.Ref, l.Size = ref, int64(len(l.JSON))
		l.JSON = fold.Quote(preview(l.JSON))
	}
	r.Metadata = fold.LeafsFrom(leaves).Object()
	return nil
}

// put stores a value under a key made of its project, its trace and its content,
// so that a retry finds its first try and a trace's values can be swept together.
func (s *Service) put(ctx context.Context, p id.Project, r *fold.Record, value string) (string, error) {
	owner := r.TraceID
	if owner == "" {
		owner = id.TraceOfObservation(p, r.ID)
	}
	sum := sha256.Sum256([]byte(value))
	key := fmt.Sprintf("%s/payload/%s/%s", id.Derive(string(p)), id.Derive(owner), hex.EncodeToString(sum[:]))
	return key, s.blobs.Put(ctx, key, strings.NewReader(value))
}

// preview returns the beginning of a value, cut between characters.
func preview(value string) string {
	n := min(previewBytes, len(value))
	for n > 0 && n < len(value) && !utf8.RuneStart(value[n]) {
		n--
	}
	return strings.Clone(value[:n])
}
