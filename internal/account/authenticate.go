package account

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/secret"
)

// Authenticate returns the caller that a key pair stands for. Both halves must
// belong together. fault.Unauthenticated when they do not, whichever is wrong;
// any other code means that the question could not be answered.
//
// A public key that does not exist costs what a wrong secret costs: one lookup,
// one digest, one comparison.
func (s *Service) Authenticate(ctx context.Context, publicKey string, secretKey secret.Text) (Principal, error) {
	key, known, err := s.lookup(ctx, publicKey)
	if err != nil {
		return Principal{}, err
	}
	want := key.Digest
	if !known {
		want = s.decoy
	}
	matches := digestOf(s.digestKey, secretKey).Equal(want)
	if !known || !matches {
		return Principal{}, fault.New(fault.Unauthenticated, "invalid credentials")
	}
	return Principal{Project: key.Project, KeyID: key.ID, Access: AccessProject}, nil
}

// AuthenticateBearer returns the caller that a public key alone stands for: one
// that may create scores. fault.Unauthenticated for an unknown key.
func (s *Service) AuthenticateBearer(ctx context.Context, publicKey string) (Principal, error) {
	key, known, err := s.lookup(ctx, publicKey)
	if err != nil {
		return Principal{}, err
	}
	if !known {
		return Principal{}, fault.New(fault.Unauthenticated, "invalid public key")
	}
	return Principal{Project: key.Project, KeyID: key.ID, Access: AccessScores}, nil
}

// lookup finds a key by its public half, in the cache or in the store.
func (s *Service) lookup(ctx context.Context, publicKey string) (key Key, known bool, err error) {
	// Such a key cannot exist, and must not fill the cache either.
	if len(publicKey) > MaxText {
		return Key{}, false, nil
	}
	if key, known, hit := s.cache.get(publicKey, s.now()); hit {
		return key, known, nil
	}
	generation := s.cache.begin()
	key, err = s.store.KeyByPublic(ctx, publicKey)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Key{}, false, err
	}
	known = err == nil
	s.cache.put(generation, publicKey, key, known, s.now())
	return key, known, nil
}
