package batch_test

import (
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/batch"
	"github.com/fusebox-llm/fusebox/internal/fold"
)

// jsonText draws a JSON text in which anything stands that may: white space,
// escapes, numbers of any form, repeated keys.
func jsonText(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		space := rapid.SampledFrom([]string{"", "", " ", "\n\t", "\r "})
		str := rapid.Custom(func(t *rapid.T) string {
			parts := rapid.SliceOfN(rapid.SampledFrom([]string{
				"a", " ", "{", "]", ":", ",", "é", "😀", `\"`, `\\`, `\/`, `\n`, `\t`, `\r`, `\b`, `\f`, `\u0041`, `\u0000`, `\ud83d\ude00`, `\ud83d`, `\ude00`, `\uD83D\u0041`,
				`\u00bd`, `\u4F60`, `\uD83D\uDE00`, `\u0022`, `\u005C`, `\u002f`, `\u000A`, `\u0008`, `\u001F`, `\u007f`, `\u2028`, `\\u0041`, "\u2028", "\x7f",
			}), 0, 6).Draw(t, "parts")
			return `"` + strings.Join(parts, "") + `"`
		})
		kind := rapid.IntRange(0, 6)
		if depth == 0 {
			kind = rapid.IntRange(0, 4)
		}
		var text string
		switch kind.Draw(t, "kind") {
		case 0, 1:
			text = str.Draw(t, "string")
		case 2:
			text = rapid.SampledFrom([]string{"0", "-0", "0.00", "0e9", "1", "-1.50", "1E+5", "12345678901234567890", "1e-400"}).Draw(t, "number")
		case 3:
			text = rapid.SampledFrom([]string{"true", "false"}).Draw(t, "boolean")
		case 4:
			text = "null"
		case 5:
			values := rapid.SliceOfN(jsonText(depth-1), 0, 3).Draw(t, "elements")
			text = "[" + strings.Join(values, ",") + space.Draw(t, "space") + "]"
		default:
			var members []string
			for range rapid.IntRange(0, 3).Draw(t, "members") {
				members = append(members, space.Draw(t, "space")+str.Draw(t, "key")+space.Draw(t, "space")+":"+jsonText(depth-1).Draw(t, "value"))
			}
			text = "{" + strings.Join(members, ",") + space.Draw(t, "space") + "}"
		}
		return space.Draw(t, "before") + text + space.Draw(t, "after")
	})
}

// TestValuesAreThoseOfTheFold makes sure that the faster reading of values here
// says what the fold's says. Texts may differ in how their strings are spelled.
func TestValuesAreThoseOfTheFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		input, metadata := jsonText(3).Draw(t, "input"), jsonText(3).Draw(t, "metadata")
		body := `{"batch":[` + event("trace-create", `{"input":`+input+`,"metadata":`+metadata+`}`) + `]}`
		if !json.Valid([]byte(body)) {
			t.Fatalf("the generator is wrong: %s", body)
		}
		events, err := batch.Decode([]byte(body), project, 0)
		if err != nil || events[0].Refused != nil {
			t.Fatalf("%v, %+v", err, events)
		}
		r := events[0].Records[0]
		want, wantOK, err := fold.PayloadOf([]byte(input))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := r.Get(fold.Input)
		if json.Valid([]byte(want.S)) && json.Valid([]byte(got.Value.S)) {
			if diff := cmp.Diff(tokens(t, want.S), tokens(t, got.Value.S)); diff != "" {
				t.Error(diff)
			}
			want.S = got.Value.S
		}
		if ok != wantOK || ok && !got.Value.Equal(want) {
			t.Errorf("input %+v, want %+v", got.Value, want)
		}
		wantMetadata, err := fold.MetadataOf([]byte(metadata))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tokens(t, wantMetadata.Object), tokens(t, r.Metadata.Object)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestSpellingIsSettled makes sure that storing changes a JSON text in white space and
// in the spelling of its strings only, and that what was stored stays as it is.
func TestSpellingIsSettled(t *testing.T) {
	stored := func(t *rapid.T, text string) string {
		events, err := batch.Decode([]byte(`{"batch":[`+event("sdk-log", `{"k":`+text+`}`)+`]}`), project, 0)
		if err != nil || events[0].Refused != nil {
			t.Fatalf("%v, %+v", err, events)
		}
		return strings.TrimSuffix(strings.TrimPrefix(events[0].Log, `{"k":`), `}`)
	}
	rapid.Check(t, func(t *rapid.T) {
		before := jsonText(3).Draw(t, "text")
		after := stored(t, before)
		if diff := cmp.Diff(tokens(t, before), tokens(t, after)); diff != "" {
			t.Error(diff)
		}
		if needless := needlessEscape(after); needless != "" {
			t.Errorf("%s in %s", needless, after)
		}
		if again := stored(t, after); again != after {
			t.Errorf("%s became %s", after, again)
		}
	})
}

// tokens returns the tokens of a JSON text decoded, numbers as they are written.
func tokens(t *rapid.T, text string) (all []json.Token) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		all = append(all, token)
	}
}

// needlessEscape returns an escape in a JSON text that JSON.stringify would not write,
// "" when there is none.
func needlessEscape(text string) string {
	escapes := regexp.MustCompile(`\\(?:u[0-9a-fA-F]{4}|.)`)
	needed := regexp.MustCompile(`^\\(?:["\\bfnrt]|u00[01][0-9a-f]|ud[89a-f][0-9a-f]{2})$`)
	short := regexp.MustCompile(`^\\u00(?:08|09|0a|0c|0d)$`)
	for _, e := range escapes.FindAllString(text, -1) {
		if !needed.MatchString(e) || short.MatchString(e) {
			return e
		}
	}
	return ""
}

// TestLastKeyWins makes sure that a body says what its last keys say.
func TestLastKeyWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(jsonText(1), 1, 4).Draw(t, "values")
		var members []string
		for _, v := range values {
			members = append(members, `"input":`+v)
		}
		decode := func(body string) []batch.Event {
			events, err := batch.Decode([]byte(`{"batch":[`+event("trace-create", body)+`]}`), project, 0)
			if err != nil {
				t.Fatal(err)
			}
			return events
		}
		all, last := decode("{"+strings.Join(members, ",")+"}"), decode("{"+members[len(members)-1]+"}")
		if diff := cmp.Diff(last, all); diff != "" {
			t.Error(diff)
		}
	})
}
