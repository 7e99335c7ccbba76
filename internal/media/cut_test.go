package media_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/media"
)

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

func reference(mime, source, content string) string {
	raw, err := base64.StdEncoding.DecodeString(content)
	if err != nil {
		panic(err)
	}
	return media.Reference{Type: mime, ID: media.IDOf(sha256.Sum256(raw)), Source: source}.String()
}

// dotNet escapes what .NET's JSON encoder escapes of a data URI.
func dotNet(uri string) string { return strings.NewReplacer("+", `\u002B`, "=", `\u003D`).Replace(uri) }

// lines wraps a text.
func lines(text string, width int, mark string) string {
	var out []string
	for ; len(text) > width; text = text[width:] {
		out = append(out, text[:width])
	}
	return strings.Join(append(out, text), mark)
}

func TestCut(t *testing.T) {
	png, uri := reference("image/png", media.OfDataURI, pixel), "data:image/png;base64,"+pixel
	bare := reference("image/png", media.OfBytes, pixel)
	line := strings.Repeat("ABcd", 19)
	hello, helloRef := "aGVsbG8=", reference("text/plain", media.OfDataURI, "aGVsbG8=")
	for name, tt := range map[string]struct{ text, want string }{
		"no content":                  {"a text", "a text"},
		"empty":                       {"", ""},
		"a whole URI":                 {uri, png},
		"inside a text":               {"see " + uri + ", please", "see " + png + ", please"},
		"two":                         {uri + " " + "data:text/plain;base64," + hello, png + " " + helloRef},
		"with parameters":             {"data:text/plain;charset=utf-8;name=x;base64," + hello, helloRef},
		"upper case":                  {"data:IMAGE/PNG;base64," + pixel, png},
		"a reference alone":           {png, png},
		"a name before it":            {"mydata:image/png;base64," + pixel, "mydata:image/png;base64," + pixel},
		"an escape before it":         {`{"a":"x\ndata:image/png;base64,` + pixel + `"}`, `{"a":"x\n` + png + `"}`},
		"another type":                {"data:application/x-secret;base64," + hello, "data:application/x-secret;base64," + hello},
		"no base64 end":               {"data:image/png;base64," + pixel + "#x", "data:image/png;base64," + pixel + "#x"},
		"padding in the middle":       {"data:text/plain;base64,aGV=sbG8", "data:text/plain;base64,aGV=sbG8"},
		"a length that cannot be":     {"data:text/plain;base64,aGVsb", "data:text/plain;base64,aGVsb"},
		"no data":                     {"data:text/plain;base64,", "data:text/plain;base64,"},
		"not base64":                  {"data:text/plain,hello", "data:text/plain,hello"},
		"in JSON, kept as it is":      {`{ "url" : "` + uri + `" }`, `{ "url" : "` + png + `" }`},
		"in a tag":                    {"<image>" + uri + "</image>", "<image>" + png + "</image>"},
		"in markdown":                 {"![x](" + uri + ")", "![x](" + png + ")"},
		"in a JSON text in JSON":      {`{"a":"{\"u\":\"` + uri + `\"}"}`, `{"a":"{\"u\":\"` + png + `\"}"}`},
		"Anthropic":                   {`{"type":"base64", "media_type":"image/png","data":"` + pixel + `"}`, `{"type":"base64","media_type":"image/png","data":"` + bare + `"}`},
		"Vertex":                      {`[{"type":"media","mime_type":"image/png","data":"` + pixel + `"}]`, `[{"type":"media","mime_type":"image/png","data":"` + bare + `"}]`},
		"a GenAI blob":                {`{"type":"blob","mime_type":"image/png","content":"` + pixel + `"}`, `{"type":"blob","mime_type":"image/png","content":"` + bare + `"}`},
		"AI SDK":                      {`{"type":"file","mediaType":"image/png","data":"` + pixel + `"}`, `{"type":"file","mediaType":"image/png","data":"` + bare + `"}`},
		"AI SDK, a whole URI":         {`{"type":"file","mediaType":"image/png","data":"` + uri + `"}`, `{"type":"file","mediaType":"image/png","data":"` + png + `"}`},
		"Gemini":                      {`{"parts":[{"inline_data":{"mime_type":"image/png","data":"` + pixel + `"}}]}`, `{"parts":[{"inline_data":{"mime_type":"image/png","data":"` + bare + `"}}]}`},
		"Gemini, camel case":          {`{"inlineData":{"mimeType":"image/png","data":"` + pixel + `"}}`, `{"inlineData":{"mimeType":"image/png","data":"` + bare + `"}}`},
		"OpenAI audio":                {`{"type":"input_audio","input_audio":{"data":"aGVsbG8=","format":"wav"}}`, `{"type":"input_audio","input_audio":{"data":"` + reference("audio/wav", media.OfBytes, hello) + `","format":"wav"}}`},
		"an image endpoint":           {`{"data":[{"b64_json":"` + pixel + `"}]}`, `{"data":[{"b64_json":"` + bare + `"}]}`},
		"Python bytes":                {`{"type":"base64","media_type":"text/plain","data":"b'hel\\x6co'"}`, `{"type":"base64","media_type":"text/plain","data":"` + reference("text/plain", media.OfBytes, hello) + `"}`},
		"a link":                      {`{"type":"file","mediaType":"image/png","data":"https://example.com/a.png"}`, `{"type":"file","mediaType":"image/png","data":"https://example.com/a.png"}`},
		"a reference in a shape":      {`{"type":"file","mediaType":"image/png","data":"` + bare + `"}`, `{"type":"file","mediaType":"image/png","data":"` + bare + `"}`},
		"another shape":               {`{"type":"text","media_type":"text/plain","data":"aGVsbG8="}`, `{"type":"text","media_type":"text/plain","data":"aGVsbG8="}`},
		"a shape in no JSON":          {`{"type":"base64","media_type":"image/png","data":"` + pixel, `{"type":"base64","media_type":"image/png","data":"` + pixel},
		"numbers and order are kept":  {`{"b":1.50,"a":{"inlineData":{"data":"` + pixel + `","mimeType":"image/png"}}}`, `{"b":1.50,"a":{"inlineData":{"data":"` + bare + `","mimeType":"image/png"}}}`},
		"an unknown type in a shape":  {`{"type":"base64","media_type":"x/y","data":"` + pixel + `"}`, `{"type":"base64","media_type":"x/y","data":"` + pixel + `"}`},
		"the alphabet of URLs":        {`{"type":"base64","media_type":"application/pdf","data":"_-8="}`, `{"type":"base64","media_type":"application/pdf","data":"` + reference("application/pdf", media.OfBytes, "/+8=") + `"}`},
		"deeper than anybody nests":   {strings.Repeat(`{"a":`, 40) + `{"inlineData":{"mimeType":"image/png","data":"` + pixel + `"}}` + strings.Repeat("}", 40), strings.Repeat(`{"a":`, 40) + `{"inlineData":{"mimeType":"image/png","data":"` + pixel + `"}}` + strings.Repeat("}", 40)},
		"a URI cut by a quote is one": {`"` + uri + `"`, `"` + png + `"`},
		"slashes that PHP escapes":    {`{"a":"` + strings.ReplaceAll(uri, "/", `\/`) + `"}`, `{"a":"` + png + `"}`},
		"what .NET escapes":           {`{"a":"` + dotNet(uri) + `"}`, `{"a":"` + png + `"}`},
		"the same in JSON in JSON":    {`{"a":"{\"u\":\"` + strings.ReplaceAll(dotNet(uri), `\`, `\\`) + `\"}"}`, `{"a":"{\"u\":\"` + png + `\"}"}`},
		"a type that .NET escapes":    {`"data:image/svg\u002Bxml;base64,` + hello + `"`, `"` + reference("image/svg+xml", media.OfDataURI, hello) + `"`},
		"lines of a mail encoder":     {"data:image/png;base64," + lines(pixel, 76, "\n") + "\nsee", png + "\nsee"},
		"such lines in JSON":          {`{"a":"data:image/png;base64,` + lines(pixel, 64, `\r\n`) + `\n"}`, `{"a":"` + png + `\n"}`},
		"prose in the next line":      {"data:text/plain;base64," + line + "\nlook at it", reference("text/plain", media.OfDataURI, line) + "\nlook at it"},
		"a full line at the end":      {"data:text/plain;base64," + line + "\n" + line + "\n", reference("text/plain", media.OfDataURI, line+line) + "\n"},
		"a line of another length":    {"data:text/plain;base64," + line[:60] + "\nABCD", reference("text/plain", media.OfDataURI, line[:60]) + "\nABCD"},
		"another escape ends it":      {`{"a":"` + uri + `\u0022"}`, `{"a":"` + png + `\u0022"}`},
	} {
		t.Run(name, func(t *testing.T) {
			cutter := media.NewCutter()
			got, found := cutter.Cut(tt.text)
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if (len(found) > 0) != (tt.text != tt.want) {
				t.Errorf("%d found", len(found))
			}
			again, more := cutter.Cut(got)
			if again != got || len(more) > 0 {
				t.Errorf("the result has content again: %s", again)
			}
		})
	}
}

func FuzzCut(f *testing.F) {
	for _, seed := range []string{
		"data:image/png;base64," + pixel, `[{"type":"base64","media_type":"image/png","data":"` + pixel + `"}]`,
		`{"inline_data":{"mime_type":"image/png","data":"b'a\\x01'"}}`, `{"b64_json":"aaaa","input_audio":{"data":"aaaa","format":"mp3"}}`,
	} {
		f.Add(seed)
	}
	cutter := media.NewCutter()
	f.Fuzz(func(t *testing.T, text string) {
		out, found := cutter.Cut(text)
		if len(found) == 0 && out != text {
			t.Errorf("nothing found, yet %q became %q", text, out)
		}
		if json.Valid([]byte(text)) && !json.Valid([]byte(out)) {
			t.Errorf("%q became %q, which is no JSON", text, out)
		}
		for _, c := range found {
			if sum := sha256.Sum256(c.Data); c.ID != media.IDOf(sum) || c.Hash != media.HashOf(sum) || !strings.Contains(out, c.String()) {
				t.Errorf("%v in %q", c.Reference, out)
			}
		}
	})
}
