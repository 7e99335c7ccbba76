package tokens_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/pkoukk/tiktoken-go-loader/assets"

	"github.com/fusebox-llm/fusebox/internal/tokens"
)

// TestVocabularies: the lists are the ones that OpenAI publishes, by the hashes that its
// own tokenizer checks; all tokens are found at their places, and their order is
// that of their numbers.
func TestVocabularies(t *testing.T) {
	for file, tt := range map[string]struct {
		sha256 string
		n      int
	}{
		"o200k_base.tiktoken":  {"446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d", 199_998},
		"cl100k_base.tiktoken": {"223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7", 100_256},
		"p50k_base.tiktoken":   {"94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069", 50_280},
		"r50k_base.tiktoken":   {"306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930", 50_256},
	} {
		t.Run(file, func(t *testing.T) {
			list, err := assets.Assets.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if sum := sha256.Sum256(list); hex.EncodeToString(sum[:]) != tt.sha256 {
				t.Errorf("the hash is %x", sum)
			}
			var all []string
			last := -1
			for line := range bytes.Lines(list) {
				text, number, _ := bytes.Cut(bytes.TrimSpace(line), []byte{' '})
				token, err := base64.StdEncoding.DecodeString(string(text))
				if err != nil {
					t.Fatal(err)
				}
				rank, err := strconv.Atoi(string(number))
				if err != nil || rank <= last {
					t.Fatalf("rank %s behind %d", number, last)
				}
				last = rank
				all = append(all, string(token))
			}
			n, ranks, err := tokens.ReadVocabulary(list, all...)
			if err != nil || n != tt.n {
				t.Fatalf("%d tokens, %v", n, err)
			}
			for i, rank := range ranks {
				if rank != i {
					t.Fatalf("token %d %q has rank %d", i, all[i], rank)
				}
			}
			for b := range 256 { // so that every text has a count
				if token := string([]byte{byte(b)}); !slices.Contains(all[:300], token) {
					t.Errorf("%q is no token", token)
				}
			}
		})
	}
}

func TestBrokenVocabulary(t *testing.T) {
	if _, _, err := tokens.ReadVocabulary([]byte("YQ== 0\n?? 1\n")); err == nil {
		t.Error("a list that is no base64 is read")
	}
	n, ranks, err := tokens.ReadVocabulary([]byte("YQ== 0\nYWI= 7"), "a", "ab", "b", "", "abc")
	if err != nil || n != 2 || fmt.Sprint(ranks) != "[0 1 -1 -1 -1]" {
		t.Errorf("%d, %v, %v", n, ranks, err)
	}
}
