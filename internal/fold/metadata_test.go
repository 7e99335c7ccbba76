package fold_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func leafs(at trace.Micros, object string) fold.Leafs {
	return fold.LeafsOf(trace.Metadata{Object: object}, fold.Key{Time: at})
}

// joined returns metadata of several records, the first at time 1.
func joined(objects ...string) fold.Leafs {
	f := newFolder()
	var s fold.State
	for i, object := range objects {
		r := record(fold.Trace, create, trace.Micros(i+1))
		r.Metadata = trace.Metadata{Object: object}
		next := f.State(&r, int64(i))
		if i == 0 {
			s = next
		} else {
			s = f.Join(s, next)
		}
	}
	return s.Metadata
}

func TestMetadataOf(t *testing.T) {
	tests := map[string]struct{ raw, want string }{
		"an object":        {` {"b" : 1, "a": [1, 2] } `, `{"b":1,"a":[1,2]}`},
		"an empty object":  {`{}`, ``},
		"null":             {`null`, ``},
		"an empty text":    {`""`, ``},
		"zero":             {`0`, ``},
		"zero, otherwise":  {`-0.00E+7`, ``},
		"false":            {`false`, ``},
		"true":             {`true`, `{"metadata":true}`},
		"a text":           {`"a<b"`, `{"metadata":"a<b"}`},
		"a number":         {`10`, `{"metadata":10}`},
		"a small number":   {`0.01`, `{"metadata":0.01}`},
		"an array":         {`[1, {}]`, `{"metadata":[1,{}]}`},
		"an empty array":   {`[]`, `{"metadata":[]}`},
		"digits stay":      {`{"n":12345678901234567890.10}`, `{"n":12345678901234567890.10}`},
		"signs stay":       {`{"<&>":"\u003c"}`, `{"<&>":"\u003c"}`},
		"duplicates stay":  {`{"a":1,"a":2}`, `{"a":1,"a":2}`},
		"the text of zero": {`"0"`, `{"metadata":"0"}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := fold.MetadataOf([]byte(tt.raw))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSuffix(m.Object, "{}"); got != tt.want {
				t.Errorf("got %s, want %s", m.Object, tt.want)
			}
		})
	}
	for _, bad := range []string{"", "{", `{"a":}`, "nul", `{"a":1}}`, "'a'"} {
		if m, err := fold.MetadataOf([]byte(bad)); err == nil {
			t.Errorf("%q came to %q without an error", bad, m.Object)
		}
	}
}

// TestMetadataIsKeptAsSent: what came with one record is not rewritten.
func TestMetadataIsKeptAsSent(t *testing.T) {
	const sent = `{"b":1,"a":{"y":1.50,"x":"\u00e9"},"b":2}`
	once, twice := joined(sent).Object(), joined(sent, sent).Object()
	if once.Object != sent || twice.Object != sent {
		t.Errorf("sent %s, shown %s, sent twice %s", sent, once.Object, twice.Object)
	}
	if got, want := joined(sent, `{"c":3}`).Object().Object, `{"a":{"x":"\u00e9","y":1.50},"b":2,"c":3}`; got != want {
		t.Errorf("with another record: %s, want %s", got, want)
	}
}

func TestOver(t *testing.T) {
	tests := map[string]struct{ top, below, want string }{
		"apart":                      {`{"a":1}`, `{"b":2}`, `{"a":1,"b":2}`},
		"the same path":              {`{"a":1}`, `{"a":2}`, `{"a":1}`},
		"side by side":               {`{"a":{"x":1}}`, `{"a":{"x":2,"y":2}}`, `{"a":{"x":1,"y":2}}`},
		"a scalar over an object":    {`{"a":1}`, `{"a":{"x":2},"b":2}`, `{"a":1,"b":2}`},
		"an object over a scalar":    {`{"a":{"x":1}}`, `{"a":2}`, `{"a":{"x":1}}`},
		"deep over a scalar":         {`{"a":{"x":{"y":{"z":1}}}}`, `{"a":{"x":2,"w":2}}`, `{"a":{"w":2,"x":{"y":{"z":1}}}}`},
		"an empty object":            {`{"a":{}}`, `{"a":{"x":2}}`, `{"a":{}}`},
		"over an empty object":       {`{"a":{"x":1}}`, `{"a":{}}`, `{"a":{"x":1}}`},
		"a null":                     {`{"a":null}`, `{"a":{"x":2}}`, `{"a":null}`},
		"nothing":                    {``, `{"b":2,"a":1}`, `{"b":2,"a":1}`},
		"over nothing":               {`{"b":2,"a":1}`, ``, `{"b":2,"a":1}`},
		"nothing over nothing":       {``, ``, ``},
		"dotted names are no paths":  {`{"a.x":1}`, `{"a":{"x":2}}`, `{"a":{"x":2},"a.x":1}`},
		"a name that starts another": {`{"a":1}`, `{"ab":2,"a\u0000":3}`, `{"a":1,"a\u0000":3,"ab":2}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			// The keys do not matter: what lies over wins even when it is older.
			got := leafs(1, tt.top).Over(leafs(9, tt.below)).Object
			if got != tt.want {
				t.Errorf("%s over %s: %s, want %s", tt.top, tt.below, got, tt.want)
			}
		})
	}

	top := joined(`{"a":5}`, `{"a":{"x":1}}`) // the scalar is hidden
	if got, want := top.Over(leafs(9, `{"a":{"y":2}}`)).Object, `{"a":{"x":1,"y":2}}`; got != want {
		t.Errorf("a leaf that does not show hides something: %s, want %s", got, want)
	}
	below := joined(`{"a":{"x":1}}`, `{"a":5}`)
	if got, want := leafs(1, `{"b":1}`).Over(below).Object, `{"a":5,"b":1}`; got != want {
		t.Errorf("a hidden leaf shows: %s, want %s", got, want)
	}
}

// TestTakenApartAndPutTogether: metadata that went through leaves is the same
// object.
func TestTakenApartAndPutTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		object := drawObject(t, 0)
		l := leafs(1, object)
		leaves := l.Leaves()
		if !slices.IsSortedFunc(leaves, func(a, b fold.Leaf) int { return slices.Compare(a.Path, b.Path) }) {
			t.Errorf("leaves out of order: %v", leaves)
		}
		shuffled := fold.LeafsFrom(rapid.Permutation(leaves).Draw(t, "order"))
		want := canonical(object)
		if want == "{}" {
			want = ""
		}
		got := shuffled.Object().Object
		if got != "" {
			got = canonical(got)
		}
		if got != want || shuffled.Empty() != l.Empty() {
			t.Errorf("%s came back as %s", object, shuffled.Object().Object)
		}
	})
}

func TestBlobLeaves(t *testing.T) {
	f := newFolder()
	r1 := record(fold.Observation, create, 1)
	r1.Metadata = trace.Metadata{
		Object: `{"big":"previ","o":{"l":"pre","s":1}}`,
		Blobs:  []trace.BlobLeaf{{Path: []string{"big"}, Ref: "r1", Size: 10}, {Path: []string{"o", "l"}, Ref: "r2", Size: 20}},
	}
	r2 := record(fold.Observation, create, 2, meta(`{"big":"small","x":1}`))
	s1, s2 := f.State(&r1, 1), f.State(&r2, 2)

	if diff := cmp.Diff(r1.Metadata, s1.Metadata.Object()); diff != "" {
		t.Errorf("alone (-want +got)\n%s", diff)
	}
	want := trace.Metadata{Object: `{"big":"small","o":{"l":"pre","s":1},"x":1}`, Blobs: []trace.BlobLeaf{{Path: []string{"o", "l"}, Ref: "r2", Size: 20}}}
	for name, s := range map[string]fold.State{"joined": f.Join(s1, s2), "joined the other way": f.Join(s2, s1)} {
		if diff := cmp.Diff(want, s.Metadata.Object()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	over := leafs(1, `{"o":{"s":2}}`).Over(s1.Metadata)
	want = trace.Metadata{Object: `{"big":"previ","o":{"l":"pre","s":2}}`, Blobs: r1.Metadata.Blobs}
	if diff := cmp.Diff(want, over); diff != "" {
		t.Errorf("below another (-want +got)\n%s", diff)
	}

	// The same preview of another value is another value.
	r3 := r1
	r3.Time, r3.Metadata.Blobs = 3, []trace.BlobLeaf{{Path: []string{"big"}, Ref: "r3", Size: 11}, {Path: []string{"o", "l"}, Ref: "r2", Size: 20}}
	newer := f.Join(f.State(&r3, 3), s1)
	if diff := cmp.Diff(r3.Metadata, newer.Metadata.Object()); diff != "" {
		t.Errorf("the same preview, another value (-want +got)\n%s", diff)
	}
}

// TestMetadataThatIsNoObject: such a record should not exist; it must not break
// anything, and what it carries must not be lost.
func TestMetadataThatIsNoObject(t *testing.T) {
	tests := map[string]struct{ sent, want string }{
		"an array":            {`[1]`, `{"a":1,"metadata":[1]}`},
		"a scalar":            {`5`, `{"a":1,"metadata":5}`},
		"no JSON":             {`{"x":`, `{"a":1,"metadata":"{\"x\":"}`},
		"more than an object": {`{"x":1}{"y":2}`, `{"a":1,"metadata":"{\"x\":1}{\"y\":2}"}`},
		"white space":         {" {\"x\": 1}\n", `{"a":1,"x":1}`},
		"an empty object":     {"{ }", `{"a":1}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, got := range []string{joined(tt.sent, `{"a":1}`).Object().Object, joined(`{"a":1}`, tt.sent).Object().Object, leafs(1, tt.sent).Over(leafs(1, `{"a":1}`)).Object} {
				if canonical(got) != tt.want {
					t.Errorf("%s came to %s, want %s", tt.sent, got, tt.want)
				}
			}
		})
	}
}

// TestDeepMetadata: what lies deeper than 64 keys is one leaf.
func TestDeepMetadata(t *testing.T) {
	nest := func(depth int, inner string) string {
		return strings.Repeat(`{"k":`, depth) + inner + strings.Repeat("}", depth)
	}
	if got, want := joined(nest(63, `{"x":1}`), nest(63, `{"y":2}`)).Object().Object, nest(63, `{"x":1,"y":2}`); got != want {
		t.Errorf("64 deep: %s, want %s", got, want)
	}
	if got, want := joined(nest(64, `{"x":1}`), nest(64, `{"y":2}`)).Object().Object, nest(64, `{"y":2}`); got != want {
		t.Errorf("65 deep: %s, want %s", got, want)
	}
	deep := nest(9000, `1`)
	got := joined(deep, `{"other":1}`).Object().Object
	if want := deep[:len(deep)-1] + `,"other":1}`; got != want {
		t.Errorf("9000 deep: %d bytes, want %d", len(got), len(want))
	}
}

func TestDuplicateKeysInMetadata(t *testing.T) {
	if got, want := joined(`{"a":1,"a":{"b":2},"c":{"d":1},"c":3}`, `{"e":1}`).Object().Object, `{"a":{"b":2},"c":3,"e":1}`; got != want {
		t.Errorf("got %s, want %s: the last of duplicate keys counts", got, want)
	}
}

// TestHugeMetadata: time must not grow with the square of the number of keys. At
// 100,000 keys it would take minutes.
func TestHugeMetadata(t *testing.T) {
	const n = 100_000
	var flat, nested strings.Builder
	for i := range n {
		fmt.Fprintf(&flat, `,"k%d":%d`, i, i)
		fmt.Fprintf(&nested, `,"k%d":{"a":{"b":%d}}`, i, i)
	}
	object := func(b *strings.Builder) string { return "{" + b.String()[1:] + "}" }
	began := time.Now()
	m := joined(object(&flat), object(&nested), `{"k0":0}`)
	if got := len(m.Leaves()); got < n {
		t.Errorf("%d leaves", got)
	}
	over := m.Over(leafs(0, object(&flat)))
	if len(over.Object) < n || len(m.Object().Object) < n {
		t.Error("something got lost")
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
}

// compareUnits orders texts by UTF-16 code unit, by writing them as such.
func compareUnits(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func TestTagOrder(t *testing.T) {
	f := newFolder()
	rapid.Check(t, func(t *rapid.T) {
		char := rapid.SampledFrom([]rune{'a', 'Z', 0, 0x7F, 0xE9, 0x0301, 0xD7FF, 0xE000, 0xFFFD, 0xFF5E, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF})
		names := rapid.SliceOf(rapid.StringOfN(char, 0, 3, -1)).Draw(t, "names")
		r1 := record(fold.Trace, create, 1, tags(names...))
		r2 := record(fold.Trace, create, 2, tags(rapid.Permutation(names).Draw(t, "again")...))
		s := f.Join(f.State(&r1, 1), f.State(&r2, 2))

		want := slices.Clone(names)
		slices.SortFunc(want, compareUnits)
		want = slices.Compact(want)
		if got := s.TagNames(); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// TestTagsOfInvalidBytes: decoders replace such bytes; should some come anyway,
// different tags stay different.
func TestTagsOfInvalidBytes(t *testing.T) {
	f := newFolder()
	names := []string{"\xef", "\uFFFD", "\xff", "\xff\xfe", "\xefx", "\uFFFDx", "x\xef\xbf", "\xed\xa0\x80"}
	for _, order := range permutations(names[:6]) {
		r1, r2 := record(fold.Trace, create, 1, tags(order...)), record(fold.Trace, create, 2, tags(names...))
		s := f.Join(f.State(&r1, 1), f.State(&r2, 2))
		if got := len(s.TagNames()); got != len(names) {
			t.Fatalf("%d of %d tags are left: %q", got, len(names), s.TagNames())
		}
	}
}
