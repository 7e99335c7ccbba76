package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"time"

	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/secret"
)

// Config is what a Service needs to be told.
type Config struct {
	// DigestKey keys the digests of API secrets: 32 bytes, derived from the
	// instance key. Another key makes every stored API key useless.
	DigestKey []byte
	// CacheTTL is how long a looked-up key may be used without asking the store
	// again, and so how long a key that another process deleted still works.
	// Default 10 s, negative switches the cache off.
	CacheTTL time.Duration
	// CacheSize is how many known public keys are remembered at most, and how many
	// unknown ones. Default 1024.
	CacheSize int
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// Service answers who a caller is and manages keys. It is safe for concurrent use.
type Service struct {
	store     Store
	log       *slog.Logger
	now       func() time.Time
	digestKey []byte
	// decoy stands in for the digest of a key that does not exist, so that the
	// comparison takes place all the same.
	decoy Digest
	cache *lookups
}

// New returns a service on a store. It fails on a digest key of the wrong size.
func New(cfg Config, store Store, log *slog.Logger) (*Service, error) {
	if len(cfg.DigestKey) != sha256.Size {
		return nil, fmt.Errorf("account: the digest key has %d bytes, want %d", len(cfg.DigestKey), sha256.Size)
	}
	if cfg.CacheTTL == 0 {
		cfg.CacheTTL = 10 * time.Second
	}
	if cfg.CacheSize <= 0 {
		cfg.CacheSize = 1024
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	decoy := make(Digest, sha256.Size)
	rand.Read(decoy) // crypto/rand.Read never fails (it aborts the process)
	return &Service{
		store:     store,
		log:       log,
		now:       cfg.Now,
		digestKey: cfg.DigestKey,
		decoy:     decoy,
		cache:     newLookups(cfg.CacheTTL, cfg.CacheSize),
	}, nil
}

// Project returns a project with its organization, or fault.NotFound.
func (s *Service) Project(ctx context.Context, p id.Project) (Project, Organization, error) {
	return s.store.Project(ctx, p)
}

// Keys returns the project's keys, oldest first.
func (s *Service) Keys(ctx context.Context, p id.Project) ([]Key, error) {
	return s.store.Keys(ctx, p)
}

// CreateKey makes a new key pair for the project. The secret is in the result and
// nowhere else. fault.NotFound for an unknown project.
func (s *Service) CreateKey(ctx context.Context, p id.Project, note string) (Credentials, error) {
	public, private := newPair()
	key := s.keyOf(p, public, private, note)
	defer s.cache.forget()
	if _, err := s.store.EnsureKey(ctx, key); err != nil {
		return Credentials{}, err
	}
	return Credentials{Project: p, KeyID: key.ID, PublicKey: public, SecretKey: private}, nil
}

// DeleteKey removes a key of the project. In this process it stops working before
// DeleteKey returns. fault.NotFound when the project has no such key.
func (s *Service) DeleteKey(ctx context.Context, p id.Project, keyID string) error {
	// Also after an error: the deletion may have happened.
	defer s.cache.forget()
	return s.store.DeleteKey(ctx, p, keyID)
}

// keyOf returns the stored form of a pair.
func (s *Service) keyOf(p id.Project, public string, private secret.Text, note string) Key {
	return Key{
		ID:        id.New(),
		Project:   p,
		PublicKey: public,
		Digest:    digestOf(s.digestKey, private),
		Display:   display(private),
		Note:      note,
		CreatedAt: s.clock(),
	}
}

// clock returns the time in the resolution that stores keep.
func (s *Service) clock() time.Time { return s.now().UTC().Truncate(time.Microsecond) }
