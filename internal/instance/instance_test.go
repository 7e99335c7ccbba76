package instance_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/instance"
	"github.com/fusebox-llm/fusebox/internal/secret"
)

const text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

func TestDerive(t *testing.T) {
	key, err := instance.Parse(secret.New(text))
	if err != nil {
		t.Fatal(err)
	}
	digests := key.Derive(instance.KeyDigests)
	// Pinned, since stored digests depend on it; RFC 5869 with an empty salt.
	const want = "d32df7a68648624ccbd195d341233c4568ecbaba37fb934af50359bd3ce7e662"
	if got := hex.EncodeToString(digests); got != want {
		t.Errorf("derived %s, want %s: stored digests would no longer match", got, want)
	}
	if bytes.Equal(digests, key.Derive("something else")) {
		t.Error("two purposes share a key")
	}
}

func TestParse(t *testing.T) {
	tests := map[string]struct {
		text string
		ok   bool
	}{
		"as written":    {text, true},
		"upper case":    {strings.ToUpper(text), true},
		"with newline":  {text + "\n", true},
		"empty":         {"", false},
		"short":         {text[2:], false},
		"long":          {text + "00", false},
		"not hex":       {strings.Repeat("zz", 32), false},
		"a pass phrase": {"correct horse battery staple", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := instance.Parse(secret.New(tc.text))
			if (err == nil) != tc.ok {
				t.Fatalf("err = %v, want ok = %v", err, tc.ok)
			}
			if err != nil && tc.text != "" && strings.Contains(err.Error(), tc.text) {
				t.Errorf("the error quotes the secret: %v", err)
			}
		})
	}
}

func TestLoadCreatesOnce(t *testing.T) {
	dir := t.TempDir()
	first, created, err := instance.Load(dir, secret.Text{})
	if err != nil || !created {
		t.Fatalf("first start: created %v, err %v", created, err)
	}
	second, created, err := instance.Load(dir, secret.Text{})
	if err != nil || created {
		t.Fatalf("second start: created %v, err %v", created, err)
	}
	if !same(first, second) {
		t.Error("the key changed between two starts")
	}

	path := filepath.Join(dir, instance.FileName)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`\A[0-9a-f]{64}\n\z`).Match(content) {
		t.Error("the key file does not hold 64 hex digits")
	}
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("key file mode %v, want 0600", info.Mode().Perm())
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("litter in the data folder: %v", entries)
	}
}

func TestLoadAtTheSameMoment(t *testing.T) {
	dir := t.TempDir()
	const n = 16
	keys, made := make([]instance.Key, n), make([]bool, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			var err error
			if keys[i], made[i], err = instance.Load(dir, secret.Text{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	creators := 0
	for i := range n {
		if !same(keys[0], keys[i]) {
			t.Fatal("two processes got different keys")
		}
		if made[i] {
			creators++
		}
	}
	if creators != 1 {
		t.Errorf("%d processes say they made the key, want 1", creators)
	}
}

func TestLoadConfigured(t *testing.T) {
	dir := t.TempDir()
	key, created, err := instance.Load(dir, secret.New(text))
	if err != nil || created {
		t.Fatalf("created %v, err %v", created, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("a configured key left files behind: %v", entries)
	}

	write(t, dir, text+"\n", 0o600)
	if again, _, err := instance.Load(dir, secret.New(text)); err != nil || !same(key, again) {
		t.Errorf("a file that agrees with the configured key is refused: %v", err)
	}
	write(t, dir, strings.Repeat("ab", 32), 0o600)
	if _, _, err := instance.Load(dir, secret.New(text)); err == nil {
		t.Error("a file that differs from the configured key is accepted")
	}
	if _, _, err := instance.Load(t.TempDir(), secret.New("short")); err == nil {
		t.Error("a malformed configured key is accepted")
	}
}

func TestLoadDamaged(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "cut": text[:20], "other": "hello"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, content, 0o600)
			_, _, err := instance.Load(dir, secret.Text{})
			if err == nil || !strings.Contains(err.Error(), instance.FileName) {
				t.Fatalf("err = %v, want one that names the file", err)
			}
			if got, _ := os.ReadFile(filepath.Join(dir, instance.FileName)); string(got) != content {
				t.Error("the damaged file was overwritten")
			}
		})
	}
	if _, _, err := instance.Load(filepath.Join(t.TempDir(), "absent"), secret.Text{}); err == nil {
		t.Error("an absent data folder is accepted")
	}
}

func TestLoadClosesFileToOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // no such modes there
	}
	dir := t.TempDir()
	write(t, dir, text, 0o644)
	if _, _, err := instance.Load(dir, secret.Text{}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, instance.FileName))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode().Perm())
	}
}

func TestKeyMasksItself(t *testing.T) {
	key, err := instance.Parse(secret.New(text))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v %s %x", key, key, key, key, key)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("key", "key", key)
	raw, _ := hex.DecodeString(text)
	for _, leak := range []string{text, string(raw), fmt.Sprintf("%x", text)} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("the key was printed: %s", out.String())
		}
	}
}

func same(a, b instance.Key) bool {
	return bytes.Equal(a.Derive(instance.KeyDigests), b.Derive(instance.KeyDigests))
}

func write(t *testing.T, dir, content string, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(dir, instance.FileName)
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
