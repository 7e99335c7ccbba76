package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// during is when the spans of these tests were made.
var during = time.Date(2026, 5, 6, 7, 8, 9, 123456789, time.UTC)

func normalised(t *testing.T, f framework, in ...resourceSpans) exported {
	t.Helper()
	n, err := newNormaliser(f, surroundings{
		from: during.Add(-time.Second), to: during.Add(time.Second),
		texts: []replacement{{"127.0.0.1:4711", "127.0.0.1:1"}, {"/home/me/venv", "/packages"}},
		ports: []int64{4711},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := n.normalise(in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func stringOf(key, s string) attribute { return attribute{key, value{String: &s}} }

func oneSpan(attrs ...attribute) resourceSpans {
	at := nanos(during.UnixNano())
	return resourceSpans{ScopeSpans: []scopeSpans{{Spans: []span{{
		TraceID: "0123456789abcdef0123456789abcdef", SpanID: "fedcba9876543210", Name: "s", Start: at, End: at + 5, Attributes: attrs,
	}}}}}
}

func TestTexts(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"trace id":       {`{"trace":"0123456789abcdef0123456789abcdef"}`, `{"trace":"00000000000000000000000000000001"}`},
		"trace as uuid":  {"01234567-89ab-cdef-0123-456789abcdef", "00000000-0000-0000-0000-000000000001"},
		"span id":        {"span fedcba9876543210.", "span 0000000000000001."},
		"uuids":          {"run-a0000000-1111-4222-8333-444444444444 b0000000-1111-4222-8333-444444444444", "run-00000000-0000-4000-8000-000000000001 00000000-0000-4000-8000-000000000002"},
		"other hex":      {"id=aaaabbbbccccddddeeeeffff00001111", "id=f0000000000000000000000000000001"},
		"provider's ids": {"call_8d541434bacc01a181bea00e", "call_8d541434bacc01a181bea00e"},
		"start as date":  {"2026-05-06T07:08:09.123456789Z", "2026-01-01T00:00:00.000000000Z"},
		"whole seconds":  {"2026-05-06 07:08:09+00:00", "2026-01-01 00:00:00+00:00"},
		"other date":     {"2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"},
		"seconds":        {`{"created":1735689600,"at":1778051289}`, `{"created":1735689600,"at":1767225600}`},
		"port":           {"http://127.0.0.1:4711/v1", "http://127.0.0.1:1/v1"},
		"folder":         {`File "/home/me/venv/lib/x.py"`, `File "/packages/lib/x.py"`},
		"address":        {"<Tool at 0x7f44b10af190>", "<Tool at 0x1>"},
		"counts":         {`{"input_tokens":5201,"total":12345}`, `{"input_tokens":5201,"total":12345}`},
		"random":         {"msg-Ab12 msg-Zz99 msg-Ab12", "msg-0001 msg-0002 msg-0001"},
		"changing":       {`{"duration":0.0123,"n":2}`, `{"duration":1,"n":2}`},
	}
	f := framework{Random: []string{`msg-(\w{4})`}, Changing: []string{`"duration":([0-9.]+)`}}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			out := normalised(t, f, oneSpan(stringOf("k", test.in)))
			if got := *out.ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes[0].Value.String; got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestValues(t *testing.T) {
	f := framework{Volatile: []string{"took", "who"}}
	tests := map[string]struct{ in, want attribute }{
		"port":            {attribute{"server.port", value{Int: new(integer(4711))}}, attribute{"server.port", value{Int: new(integer(1))}}},
		"count like port": {attribute{"tokens", value{Int: new(integer(4711))}}, attribute{"tokens", value{Int: new(integer(4711))}}},
		"volatile number": {attribute{"took", value{Double: new(double(0.3))}}, attribute{"took", value{Double: new(double(1))}}},
		"volatile text":   {stringOf("who", "x"), stringOf("who", "volatile")},
		"time":            {attribute{"at", value{Int: new(integer(during.UnixNano()))}}, attribute{"at", value{Int: new(integer(epoch.UnixNano()))}}},
		"other double":    {attribute{"p", value{Double: new(double(0.3))}}, attribute{"p", value{Double: new(double(0.3))}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			out := normalised(t, f, oneSpan(test.in))
			if diff := cmp.Diff(test.want, out.ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes[0]); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestMerge: exports that came apart and in another order make the same recording.
func TestMerge(t *testing.T) {
	at := nanos(during.UnixNano())
	part := func(sp ...span) resourceSpans {
		return resourceSpans{Resource: resource{Attributes: []attribute{stringOf("host.name", "mine")}}, ScopeSpans: []scopeSpans{{Scope: scope{Name: "s"}, Spans: sp}}}
	}
	parent := span{TraceID: "aa", SpanID: "01ab", Name: "parent", Start: at, End: at + 9}
	child := span{TraceID: "aa", SpanID: "02cd", ParentSpanID: "01ab", Name: "child", Start: at + 2, End: at + 4}
	apart := normalised(t, framework{}, part(child), part(parent))
	together := normalised(t, framework{}, part(parent, child))
	if diff := cmp.Diff(together, apart); diff != "" {
		t.Errorf("(-together +apart)\n%s", diff)
	}
	ms := nanos(time.Millisecond)
	zero := nanos(epoch.UnixNano())
	want := []span{
		{TraceID: "01", SpanID: "0001", Name: "parent", Start: zero, End: zero + 3*ms},
		{TraceID: "01", SpanID: "0002", ParentSpanID: "0001", Name: "child", Start: zero + ms, End: zero + 2*ms},
	}
	if diff := cmp.Diff(want, apart.ResourceSpans[0].ScopeSpans[0].Spans); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := *apart.ResourceSpans[0].Resource.Attributes[0].Value.String; got != "recorded" {
		t.Errorf("host.name is %s", got)
	}
}
