package ingest_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

func uri(content string) string {
	return "data:text/plain;base64," + base64.StdEncoding.EncodeToString([]byte(content))
}

// bytesOf is an object that holds content as bare base64.
func bytesOf(content string) string {
	return `{"type":"base64","media_type":"text/plain","data":"` + base64.StdEncoding.EncodeToString([]byte(content)) + `"}`
}

func idOf(content string) string { return media.IDOf(sha256.Sum256([]byte(content))) }

func reference(content string) string {
	return media.Reference{Type: "text/plain", ID: idOf(content), Source: media.OfDataURI}.String()
}

func bareReference(content string) string {
	return media.Reference{Type: "text/plain", ID: idOf(content), Source: media.OfBytes}.String()
}

// content reads content back, as a client does.
func (k *taker) content(p id.Project, mediaID string) string {
	k.t.Helper()
	_, token, _, err := k.media.Find(k.t.Context(), p, mediaID)
	if err != nil {
		k.t.Fatal(mediaID, err)
	}
	opened, err := k.media.Open(k.t.Context(), token)
	if err != nil {
		k.t.Fatal(mediaID, err)
	}
	defer opened.Body.Close()
	raw, err := io.ReadAll(opened.Body)
	if err != nil {
		k.t.Fatal(mediaID, err)
	}
	return string(raw)
}

// links checks what a trace refers to: "observation field content", and that the
// content is there.
func (k *taker) links(p id.Project, traceID string, want ...string) {
	k.t.Helper()
	found, err := k.media.Links(k.t.Context(), p, traceID)
	if err != nil {
		k.t.Fatal(err)
	}
	got := map[string]bool{}
	for _, l := range found {
		if l.TraceID != traceID || l.Project != p || l.Origin != media.OriginExtraction || l.CreatedAt == 0 || l.DatasetID != "" {
			k.t.Errorf("the link %+v", l)
		}
		got[strings.TrimSpace(fmt.Sprint(l.ObservationID, " ", l.Field, " ", k.content(p, l.MediaID)))] = true
	}
	wanted := map[string]bool{}
	for _, w := range want {
		wanted[w] = true
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		k.t.Errorf("the links of %s (-want +got):\n%s", traceID, diff)
	}
}

func (k *taker) holds(what, got, want string) {
	k.t.Helper()
	if got != want {
		k.t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func TestMediaOfSpans(t *testing.T) {
	k := newTaker(t, ingest.Config{})
	err := k.export(span.Span{TraceID: "t", SpanID: "s", Name: uri("name"), Attributes: []span.Attribute{
		attribute("langfuse.observation.input", "see "+uri("one")+" and "+uri("two")+"."),
		attribute("langfuse.observation.output", `[ `+bytesOf("three")+`]`),
		attribute("langfuse.observation.metadata.picture", uri("four")),
		attribute("langfuse.trace.input", uri("five")),
		attribute("langfuse.trace.metadata.drawing", uri("six")),
		attribute("nobody.knows", uri("seven")),
		attribute("langfuse.version", uri("eight")),
	}})
	if err != nil {
		t.Fatal(err)
	}
	o := k.get("s")
	k.holds("input", o.Input.S, "see "+reference("one")+" and "+reference("two")+".")
	k.holds("output", o.Output.S, `[{"type":"base64","media_type":"text/plain","data":"`+bareReference("three")+`"}]`)
	k.holds("version", *o.Version, uri("eight"))
	if m := o.Metadata.Object; !strings.Contains(m, `"picture":"`+reference("four")+`"`) || strings.Contains(m, ";base64,") {
		t.Errorf("metadata: %s", m)
	}
	all := o.Metadata.Object
	if o.Raw != nil {
		all += o.Raw.S
	}
	if !strings.Contains(all, reference("seven")) || strings.Contains(all, uri("seven")) {
		t.Errorf("what nobody knows: %s", all)
	}
	tree, err := k.store.Trace(t.Context(), project, "t", telemetry.Parts{IO: true, Metadata: true})
	if err != nil {
		t.Fatal(err)
	}
	k.holds("the trace's input", tree.Trace.Input.S, reference("five"))
	if m := tree.Trace.Metadata.Object; !strings.Contains(m, `"drawing":"`+reference("six")+`"`) || strings.Contains(m, ";base64,") {
		t.Errorf("the trace's metadata: %s", m)
	}
	// What a span says of its trace, and what was read, is in its metadata as well.
	k.links(project, "t", "s input one", "s input two", "s output three", "s metadata four", "input five", "metadata six", "s metadata six", "s metadata seven", "s metadata eight")
}

func TestMediaOfRecords(t *testing.T) {
	k := newTaker(t, ingest.Config{})
	of := fold.Record{Kind: fold.Trace, TraceID: "t", ID: "t", Time: noon}
	of.Set(fold.Input, fold.Text(uri("a trace's")))
	of.Set(fold.Output, fold.Null())
	judged := fold.Record{Kind: fold.Score, ID: "c", Time: noon}
	judged.Set(fold.ScoreValue, fold.ScoreOf(score.Value{Name: "n", DataType: score.Numeric}))
	judged.Set(fold.Comment, fold.Text(uri("a score's")))
	judged.Metadata.Object = `{"a":"` + uri("a score's") + `"}`
	k.take(
		project, of, judged,
		observation("t", "o", 0, text(fold.Input, uri("same")), metadata(`{"deep":{"a":["`+uri("same")+`"]},"b":`+bytesOf("other")+`}`), text(fold.StatusMessage, uri("status")), text(fold.Raw, `{"a":"`+uri("raw")+`"}`)),
		observation("", "untraced", 0, text(fold.Output, uri("same"))),
	)
	k.links(project, "t", "input a trace's", "o input same", "o metadata same", "o metadata other", "o metadata raw")
	k.links(project, id.TraceOfObservation(project, "untraced"), "untraced output same")
	o := k.get("o")
	k.holds("metadata", o.Metadata.Object, `{"deep":{"a":["`+reference("same")+`"]},"b":{"type":"base64","media_type":"text/plain","data":"`+bareReference("other")+`"}}`)
	k.holds("raw", o.Raw.S, `{"a":"`+reference("raw")+`"}`)
	k.holds("status", *o.StatusMessage, uri("status"))
	if s, err := k.store.Score(t.Context(), project, "c"); err != nil || *s.Comment != uri("a score's") || !strings.Contains(s.Metadata.Object, uri("a score's")) {
		t.Errorf("the score: %+v, %v", s, err)
	}
	if k.blobs.puts != 4 {
		t.Errorf("%d blobs were written, want one for each content: 4", k.blobs.puts)
	}

	// Again, and elsewhere: the content is here already, in that project.
	k.take(project, observation("t", "o", 0, text(fold.Input, uri("same"))), observation("u", "o2", 0, text(fold.Input, uri("same"))))
	if k.blobs.puts != 4 {
		t.Errorf("%d blobs after sending again", k.blobs.puts)
	}
	k.links(project, "u", "o2 input same")
	k.take("other", observation("t", "o", 0, text(fold.Input, uri("same"))))
	if k.blobs.puts != 5 {
		t.Errorf("%d blobs with those of another project", k.blobs.puts)
	}
	k.links("other", "t", "o input same")
}

// TestMediaFirst: telemetry that refers to content is written only when that is
// durable, and not at all when it cannot be.
func TestMediaFirst(t *testing.T) {
	k := newTaker(t, ingest.Config{})
	writes := 0
	k.store.before = func(records []fold.Record) {
		writes++
		for _, r := range records {
			if in, _ := r.Get(fold.Input); in.Value.S != reference("one") {
				t.Errorf("to be written: %s", in.Value.S)
			}
		}
		k.links(project, "t", "o input one")
	}
	one := func() fold.Record { return observation("t", "o", 0, text(fold.Input, uri("one"))) }
	k.blobs.fails = fault.New(fault.Unavailable, "the disk is full")
	for range 2 {
		if err := k.try(project, one(), observation("t", "plain", 0)); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("the error: %v", err)
		}
	}
	if err := k.export(span.Span{TraceID: "t", SpanID: "o", Attributes: []span.Attribute{attribute("langfuse.observation.input", uri("one"))}}); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("the error of a span: %v", err)
	}
	if writes != 0 || k.LastAccepted().Unix() > 0 {
		t.Errorf("%d writes, last accepted %v", writes, k.LastAccepted())
	}
	if _, err := k.store.Trace(t.Context(), project, "t", telemetry.Parts{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("something was stored: %v", err)
	}
	k.links(project, "t")

	k.blobs.fails = nil
	k.take(project, one())
	if writes != 1 {
		t.Errorf("%d writes", writes)
	}

	// A project that is not there cannot have content, and gets no telemetry.
	k.store.before = func([]fold.Record) { t.Error("written") }
	if err := k.try("nobody", observation("t", "o", 0, text(fold.Input, uri("one")))); err == nil {
		t.Error("content of a project that does not exist is taken")
	}
	// One that fails for good says so as well.
	k.blobs.fails = errors.New("a secret")
	if err := k.try(project, observation("t", "o", 0, text(fold.Input, uri("two")))); err == nil || fault.CodeOf(err) != fault.Internal {
		t.Errorf("the error: %v", err)
	}
}

// TestMediaOutOfLargeTexts: a text counts by what is left of it.
func TestMediaOutOfLargeTexts(t *testing.T) {
	k := newTaker(t, ingest.Config{InlineBytes: 500})
	large := strings.Repeat("large ", 200)
	k.take(project, observation("t", "o", 0, text(fold.Input, uri(large)), text(fold.Output, large), metadata(`{"a":"`+uri(large)+`"}`)))
	o := k.get("o")
	k.holds("input", o.Input.S, reference(large))
	k.holds("metadata", o.Metadata.Object, `{"a":"`+reference(large)+`"}`)
	if o.Input.Ref != "" || o.Output.Ref == "" || k.blobs.puts != 2 {
		t.Errorf("input %+v, output %+v, %d blobs", o.Input, o.Output, k.blobs.puts)
	}
}

func TestMediaStays(t *testing.T) {
	k := newTaker(t, ingest.Config{})
	for name, s := range map[string]string{
		"no base64": "data:text/plain;base64,###", "another type": strings.Replace(uri("x"), "text/plain", "application/x-secret", 1), "no data": "data:text/plain;base64,",
		"a reference": reference("nobody's"), "a text": "data", "bytes in no shape": `{"data":"aGVsbG8="}`,
	} {
		k.take(project, observation("t", name, 0, text(fold.Input, s), metadata(`{"a":`+fold.Quote(s)+`}`)))
		if o := k.get(name); o.Input.S != s || o.Metadata.Object != `{"a":`+fold.Quote(s)+`}` {
			t.Errorf("%s: %s, %s", name, o.Input.S, o.Metadata.Object)
		}
	}
	k.links(project, "t")
	if k.blobs.puts != 0 {
		t.Errorf("%d blobs", k.blobs.puts)
	}

	// Ids that metadata cannot keep name no link. The request is taken all the same.
	const odd = "a\x00b"
	k.take(project, observation("t", odd, 0, text(fold.Input, uri("x"))), observation(odd, "o", 0, text(fold.Input, uri("x"))), observation("u", "good", 0, text(fold.Input, uri("x"))))
	k.holds("an odd id", k.get(odd).Input.S, uri("x"))
	k.holds("an odd trace", k.get("o").Input.S, uri("x"))
	k.holds("a good one beside", k.get("good").Input.S, reference("x"))
	k.links(project, "u", "good input x")
}
