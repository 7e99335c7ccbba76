package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/secret"
)

const plain = "sk-lf-do-not-print-me"

type holder struct {
	Public  secret.Text
	private secret.Text
	inner   struct{ deep *secret.Text }
}

func TestTextNeverPrints(t *testing.T) {
	text := secret.New(plain)
	h := holder{Public: text, private: text}
	h.inner.deep = &text

	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", text)
		fmt.Fprintf(&out, verb+"\n", &text)
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", []secret.Text{text})
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "secret", text, "holder", h)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "secret", text, "holder", h)
	encoded, err := json.Marshal(map[string]any{"a": text, "b": h})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)

	hexed := fmt.Sprintf("%x", plain)
	if got := out.String(); strings.Contains(got, plain) || strings.Contains(got, hexed) {
		t.Errorf("the secret was printed:\n%s", got)
	}
	if !strings.Contains(out.String(), "[secret]") {
		t.Error("the mask was not printed")
	}
}

func TestText(t *testing.T) {
	text := secret.New(plain)
	if text.Reveal() != plain || text.IsZero() {
		t.Error("Reveal does not give the value back")
	}
	if !text.Equal(secret.New(plain)) || text.Equal(secret.New(plain+"x")) || text.Equal(secret.Text{}) {
		t.Error("Equal is wrong")
	}
	zero := secret.New("")
	if !zero.IsZero() || zero.Reveal() != "" || zero.String() != "" || !zero.Equal(secret.Text{}) {
		t.Error("the empty secret is not the zero Text")
	}
}
