package explore

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fusebox-llm/fusebox/internal/blob"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// blobsAtOnce is how many blobs one call reads at the same time. In a local
// folder one would do; from an object store each takes a round trip.
const blobsAtOnce = 8

// rowBytes is about what an answer holds of a row that is nothing but short
// fields.
const rowBytes = 512

// load collects what one answer needs from blob storage and counts its bytes. The
// count goes on over several runs, so that an answer that is put together in
// steps has one budget.
type load struct {
	blobs  blob.Bucket
	left   int64
	max    int64
	advice string // how to ask for less
	wants  []want
	whole  []func() error // run once every blob is there
}

// want is a blob and the place its content goes to.
type want struct {
	ref  string
	size int64
	into *string
}

func (s *Service) newLoad() *load {
	return &load{blobs: s.blobs, left: s.max, max: s.max, advice: "Ask for less with `fields` or a smaller `limit`."}
}

func (l *load) trace(t *trace.Trace) {
	l.text(&t.Input)
	l.text(&t.Output)
	l.metadata(&t.Metadata)
	l.text(&t.Raw)
}

func (l *load) observation(o *trace.Observation) {
	l.text(&o.Input)
	l.text(&o.Output)
	l.metadata(&o.Metadata)
	l.text(&o.Raw)
}

func (l *load) score(sc *score.Score) {
	for _, text := range []*string{sc.Text, sc.Comment} {
		if text != nil {
			l.left -= int64(len(*text))
		}
	}
	l.metadata(&sc.Metadata)
	l.text(&sc.Raw)
}

// row counts what a row takes besides its texts, in lists that have no limit.
func (l *load) row() { l.left -= rowBytes }

func (l *load) text(t **trace.Text) {
	if *t == nil {
		return
	}
	if (*t).Ref == "" {
		l.left -= int64(len((*t).S))
		return
	}
	// A new value: the engine may still hold the one it gave us.
	whole := &trace.Text{}
	l.want((*t).Ref, (*t).Size, &whole.S)
	*t = whole
}

func (l *load) metadata(m *trace.Metadata) {
	l.left -= int64(len(m.Object))
	if len(m.Blobs) == 0 {
		return
	}
	leaves := make([]leaf, len(m.Blobs))
	for i, b := range m.Blobs {
		leaves[i].path = b.Path
		l.want(b.Ref, b.Size, &leaves[i].json)
	}
	l.whole = append(l.whole, func() error {
		for _, leaf := range leaves {
			if !json.Valid([]byte(leaf.json)) {
				return fmt.Errorf("the metadata value at %q in blob storage is not JSON", leaf.path)
			}
		}
		object, err := replaceLeaves(m.Object, leaves)
		if err != nil {
			return err
		}
		*m = trace.Metadata{Object: object}
		return nil
	})
}

func (l *load) want(ref string, size int64, into *string) {
	l.left -= size
	l.wants = append(l.wants, want{ref: ref, size: size, into: into})
}

// run reads everything collected so far.
func (l *load) run(ctx context.Context) error {
	if l.left < 0 {
		return fault.New(fault.TooCostly,
			"The answer would hold more than %d MiB of input, output and metadata. %s", max(l.max>>20, 1), l.advice)
	}
	if len(l.wants) == 0 {
		return nil
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(blobsAtOnce)
	for _, w := range l.wants {
		group.Go(func() error { return l.read(ctx, w) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, put := range l.whole {
		if err := put(); err != nil {
			return err
		}
	}
	l.wants, l.whole = nil, nil
	return nil
}

func (l *load) read(ctx context.Context, w want) error {
	r, err := l.blobs.Get(ctx, w.ref)
	if fault.Is(err, fault.NotFound) {
		// Between reading the row and its blob the trace may have been deleted;
		// asking again then gives the right answer.
		return &fault.Error{
			Code: fault.Unavailable, Message: "A value of the answer could not be read; try again",
			RetryAfter: time.Second, Err: fmt.Errorf("blob %q is missing", w.ref),
		}
	}
	if err != nil {
		return fmt.Errorf("read blob %q: %w", w.ref, err)
	}
	defer r.Close() // nothing was written
	// The size was paid for; more than that must not come in.
	raw, err := io.ReadAll(io.LimitReader(r, w.size+1))
	if err != nil {
		return fmt.Errorf("read blob %q: %w", w.ref, err)
	}
	if int64(len(raw)) != w.size {
		return fmt.Errorf("blob %q does not have the %d bytes that its reference names", w.ref, w.size)
	}
	*w.into = string(raw)
	return nil
}
