package reprice_test

import (
	"context"
	"io"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// blobs takes content and gives none back: a recalculation reads none.
type blobs struct{}

func (blobs) Put(_ context.Context, _ string, r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

func (blobs) Get(context.Context, string) (io.ReadCloser, error) {
	return nil, fault.New(fault.Internal, "a recalculation reads no blobs")
}

func (blobs) Delete(context.Context, string) error { return nil }
