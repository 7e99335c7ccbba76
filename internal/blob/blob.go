// Package blob owns the contract for large immutable values: payloads over the
// inline limit today, media and exports later.
//
// Implementations live underneath (fs now); blobtest is the suite each of them
// passes. Nobody outside package app knows which one is in use.
package blob

import (
	"context"
	"io"
)

// Bucket stores blobs under generated keys.
//
// Keys are made by the server, never taken from a request: 1 to 512 bytes of
// a-z, 0-9, '-', '_', '.' in segments joined by '/', no segment "." or "..". Any
// other key is refused with fault.Invalid. A project's blobs live under its own
// prefix, which the caller builds.
//
// Errors carry fault codes: NotFound for a key that is not there, Unavailable
// where trying again can help. All methods honour cancellation.
type Bucket interface {
	// Put stores what r yields under key and returns nil only once it is
	// durable, its directory entry included: after a power cut the blob is there
	// whole. Putting the same key again replaces the content at once; a reader
	// sees the old or the new content, never a mixture. If r fails, nothing is
	// stored.
	Put(ctx context.Context, key string, r io.Reader) error
	// Get returns the content. The caller closes it. NotFound when absent.
	Get(ctx context.Context, key string) (io.ReadCloser, error)
	// Delete removes a blob. Deleting what is not there succeeds.
	Delete(ctx context.Context, key string) error
}
