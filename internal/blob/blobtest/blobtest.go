// Package blobtest owns the suite that every blob.Bucket passes.
//
// The package knows no implementation and skips nothing. Its only goroutines are
// those of the tests that use a bucket from several at once; each test waits for
// its own.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/blob"
	"github.com/fusebox-llm/fusebox/internal/fault"
)

// Open returns a fresh, empty bucket and cleans up after the test.
type Open func(t *testing.T) blob.Bucket

// Run runs the whole suite; every sub-test gets a bucket of its own.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, blob.Bucket){
		"round trip":         testRoundTrip,
		"replace":            testReplace,
		"delete":             testDelete,
		"keys":               testKeys,
		"keys stay apart":    testKeysApart,
		"refused keys":       testRefusedKeys,
		"failing reader":     testFailingReader,
		"cancelled":          testCancelled,
		"cancelled half-way": testCancelledHalfway,
		"same key at once":   testSameKeyAtOnce,
		"many keys at once":  testManyKeysAtOnce,
		"random history":     testRandomHistory,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func put(t *testing.T, b blob.Bucket, key, content string) {
	t.Helper()
	if err := b.Put(t.Context(), key, strings.NewReader(content)); err != nil {
		t.Fatalf("put %.40q: %v", key, err)
	}
}

func get(t *testing.T, b blob.Bucket, key string) string {
	t.Helper()
	content, err := read(t.Context(), b, key)
	if err != nil {
		t.Fatalf("get %.40q: %v", key, err)
	}
	return content
}

func read(ctx context.Context, b blob.Bucket, key string) (string, error) {
	r, err := b.Get(ctx, key)
	if err != nil {
		return "", err
	}
	content, err := io.ReadAll(r)
	return string(content), errors.Join(err, r.Close())
}

func wantAbsent(t *testing.T, b blob.Bucket, key string) {
	t.Helper()
	if _, err := read(t.Context(), b, key); !fault.Is(err, fault.NotFound) {
		t.Errorf("get %.40q: %v, want not found", key, err)
	}
}

func testRoundTrip(t *testing.T, b blob.Bucket) {
	everyByte := make([]byte, 256)
	for i := range everyByte {
		everyByte[i] = byte(i)
	}
	for name, content := range map[string]string{
		"empty": "", "one": "x", "bytes": string(everyByte),
		"large": strings.Repeat("0123456789abcdef", 1<<18) + "end", // 4 MiB
	} {
		put(t, b, name, content)
		if got := get(t, b, name); got != content {
			t.Errorf("%s: %d bytes came back, want %d", name, len(got), len(content))
		}
		if got := get(t, b, name); got != content {
			t.Errorf("%s: differs when read again", name)
		}
	}
	if err := b.Put(t.Context(), "slow", iotest.OneByteReader(strings.NewReader("byte by byte"))); err != nil {
		t.Fatal(err)
	}
	if got := get(t, b, "slow"); got != "byte by byte" {
		t.Errorf("a slow reader stored %q", got)
	}
	if err := b.Put(t.Context(), "with-eof", iotest.DataErrReader(strings.NewReader("data and EOF"))); err != nil {
		t.Fatal(err)
	}
	if got := get(t, b, "with-eof"); got != "data and EOF" {
		t.Errorf("a reader that ends with its data stored %q", got)
	}
}

func testReplace(t *testing.T, b blob.Bucket) {
	put(t, b, "k", "the first and longer content")
	r, err := b.Get(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	put(t, b, "k", "second")
	if got := get(t, b, "k"); got != "second" {
		t.Errorf("after the second put: %q", got)
	}
	old, err := io.ReadAll(r)
	if err != nil || string(old) != "the first and longer content" {
		t.Errorf("a reader from before sees %q, err %v", old, err)
	}
}

func testDelete(t *testing.T, b blob.Bucket) {
	wantAbsent(t, b, "p/k")
	for _, absent := range []string{"k", "p/k", "p/q/r"} {
		if err := b.Delete(t.Context(), absent); err != nil {
			t.Errorf("delete what is not there: %v", err)
		}
	}
	put(t, b, "p/k", "x")
	put(t, b, "p/l", "y")
	for range 2 {
		if err := b.Delete(t.Context(), "p/k"); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	wantAbsent(t, b, "p/k")
	if got := get(t, b, "p/l"); got != "y" {
		t.Errorf("the neighbour holds %q", got)
	}
	put(t, b, "p/k", "again")
	if got := get(t, b, "p/k"); got != "again" {
		t.Errorf("after delete and put: %q", got)
	}
}

func testKeys(t *testing.T, b blob.Bucket) {
	keys := []string{
		"a", "0", "-", "_", "...", ".hidden", "a.", "a..b", "-rf", "tmp", "con", "nul.txt",
		"abcdefghijklmnopqrstuvwxyz-0123456789_.", "a/b/c/d/e/f/g/h",
		strings.Repeat("x", 255), strings.Repeat("y", 512), strings.Repeat("z", 300) + "/" + strings.Repeat("z", 211),
		strings.Repeat("d/", 255) + "dd",
	}
	for _, key := range keys {
		put(t, b, key, "content of "+key)
	}
	for _, key := range keys {
		if got := get(t, b, key); got != "content of "+key {
			t.Errorf("%.40q holds %.40q", key, got)
		}
	}
	for _, key := range keys {
		if err := b.Delete(t.Context(), key); err != nil {
			t.Errorf("delete %.40q: %v", key, err)
		}
		wantAbsent(t, b, key)
	}
}

func testKeysApart(t *testing.T, b blob.Bucket) {
	long := strings.Repeat("x", 300)
	keys := []string{"a/b/c", "a", "a/b", "a-b", "a.b", "a_b", "ab", long, long[:200], long[:200] + "/" + long[200:], long[:299]}
	for _, key := range keys {
		put(t, b, key, key)
	}
	for i, key := range keys {
		if err := b.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		wantAbsent(t, b, key)
		for _, other := range keys[i+1:] {
			if got := get(t, b, other); got != other {
				t.Errorf("%.40q holds %.40q", other, got)
			}
		}
	}
}

func testRefusedKeys(t *testing.T, b blob.Bucket) {
	for _, key := range []string{
		"", ".", "..", "/", "a/", "/a", "a//b", "a/./b", "a/../b", "../a", "a/..", "/etc/passwd",
		"A", "a b", "a\\b", "a:b", "a~", "a+b", "a%2fb", "a\x00b", "é", "a\nb", "a*", "\xff",
		strings.Repeat("x", 513), strings.Repeat("x/", 256) + "x",
	} {
		what := fmt.Sprintf("%.40q", key)
		if err := b.Put(t.Context(), key, strings.NewReader("x")); !fault.Is(err, fault.Invalid) {
			t.Errorf("put %s: %v, want invalid", what, err)
		}
		if _, err := read(t.Context(), b, key); !fault.Is(err, fault.Invalid) {
			t.Errorf("get %s: %v, want invalid", what, err)
		}
		if err := b.Delete(t.Context(), key); !fault.Is(err, fault.Invalid) {
			t.Errorf("delete %s: %v, want invalid", what, err)
		}
	}
}

func testFailingReader(t *testing.T, b blob.Bucket) {
	broken := fault.New(fault.TooLarge, "more than is allowed")
	failing := func() io.Reader {
		return io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), iotest.ErrReader(broken))
	}
	err := b.Put(t.Context(), "p/new", failing())
	if !errors.Is(err, broken) || !fault.Is(err, fault.TooLarge) {
		t.Errorf("put: %v, want the reader's own error", err)
	}
	wantAbsent(t, b, "p/new")

	put(t, b, "p/old", "content")
	if err := b.Put(t.Context(), "p/old", failing()); !errors.Is(err, broken) {
		t.Errorf("put: %v", err)
	}
	if got := get(t, b, "p/old"); got != "content" {
		t.Errorf("a failed put left %d bytes of something else", len(got))
	}
}

func testCancelled(t *testing.T, b blob.Bucket) {
	put(t, b, "k", "content")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantCancelled := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want the context's error", what, err)
		}
	}
	wantCancelled("put", b.Put(ctx, "new", strings.NewReader("x")))
	wantCancelled("replace", b.Put(ctx, "k", strings.NewReader("x")))
	_, err := b.Get(ctx, "k")
	wantCancelled("get", err)
	wantCancelled("delete", b.Delete(ctx, "k"))
	wantAbsent(t, b, "new")
	if got := get(t, b, "k"); got != "content" {
		t.Errorf("the blob holds %q", got)
	}
}

// cancellingReader cancels after its first bytes and never ends.
type cancellingReader struct{ cancel func() }

func (r cancellingReader) Read(p []byte) (int, error) {
	r.cancel()
	return len(p), nil
}

func testCancelledHalfway(t *testing.T, b blob.Bucket) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := b.Put(ctx, "k", cancellingReader{cancel}); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	wantAbsent(t, b, "k")

	put(t, b, "k", strings.Repeat("x", 1<<20))
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	r, err := b.Get(ctx, "k")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(r); !errors.Is(err, context.Canceled) {
		t.Errorf("reading on after the context is over: %v", err)
	}
}

func testSameKeyAtOnce(t *testing.T, b blob.Bucket) {
	const writers, rounds = 8, 12
	content := func(w int) string { return strings.Repeat(string(rune('a'+w)), 1000+w) }
	valid := map[string]bool{}
	for w := range writers {
		valid[content(w)] = true
	}
	put(t, b, "p/q/k", content(0))

	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for range rounds {
				if err := b.Put(t.Context(), "p/q/k", strings.NewReader(content(w))); err != nil {
					t.Error(err)
				}
				got, err := read(t.Context(), b, "p/q/k")
				if err != nil || !valid[got] {
					t.Errorf("a reader saw %d bytes that nobody wrote, err %v", len(got), err)
				}
			}
		})
	}
	wg.Wait()
	if got := get(t, b, "p/q/k"); !valid[got] {
		t.Error("in the end the blob holds what nobody wrote")
	}
}

func testManyKeysAtOnce(t *testing.T, b blob.Bucket) {
	const writers, each = 8, 12
	key := func(w, i int) string { return fmt.Sprintf("shared/%d/deep/%d", i%3, w*each+i) }
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := b.Put(t.Context(), key(w, i), strings.NewReader(key(w, i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for w := range writers {
		for i := range each {
			if got := get(t, b, key(w, i)); got != key(w, i) {
				t.Errorf("%s holds %q", key(w, i), got)
			}
		}
	}
}

// testRandomHistory compares a bucket with a map.
func testRandomHistory(t *testing.T, b blob.Bucket) {
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++ // each history has a prefix of its own
		model := map[string]string{}
		keys := rapid.SampledFrom([]string{"a", "b", "a/b", "a/b/c", "b.c"})
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			name := keys.Draw(rt, "key")
			key := fmt.Sprintf("r%d/%s", round, name)
			switch rapid.IntRange(0, 2).Draw(rt, "step") {
			case 0:
				content := rapid.String().Draw(rt, "content")
				if err := b.Put(t.Context(), key, strings.NewReader(content)); err != nil {
					rt.Fatalf("put: %v", err)
				}
				model[key] = content
			case 1:
				if err := b.Delete(t.Context(), key); err != nil {
					rt.Fatalf("delete: %v", err)
				}
				delete(model, key)
			case 2:
				got, err := read(t.Context(), b, key)
				want, there := model[key]
				switch {
				case there && (err != nil || got != want):
					rt.Fatalf("get %s: %q, err %v, want %q", key, got, err, want)
				case !there && !fault.Is(err, fault.NotFound):
					rt.Fatalf("get %s: %q, err %v, want not found", key, got, err)
				}
			}
		}
	})
}
