package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/fusebox-llm/fusebox/conformance/record/provider"
)

// A recording is what one case exported, and what the provider had said.
type recording struct {
	framework framework
	versions  string
	language  string // with its version
	name      string // of the case
	exchanges []provider.Exchange
	spans     exported
	logs      int // how many log records came beside the spans
}

// archive returns the recording as a text archive: lines that say what it is, and
// two files.
func (r recording) archive() ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "framework: %s\ntitle: %s\npackages: %s\nlanguage: %s\ncase: %s\nrecorded: the published packages, driven by the fake provider\n",
		r.framework.Name, r.framework.Title, r.versions, r.language, r.name)
	if r.logs > 0 {
		fmt.Fprintf(&out, "logs: %d log records came beside the spans and are not kept\n", r.logs)
	}
	fmt.Fprintf(&out, "-- provider.json --\n[")
	for i, e := range r.exchanges {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		if err := encode(&out, e, ""); err != nil {
			return nil, err
		}
		out.Truncate(out.Len() - 1)
	}
	if len(r.exchanges) > 0 {
		out.WriteByte('\n')
	}
	fmt.Fprintf(&out, "]\n-- spans.json --\n")
	if err := encode(&out, r.spans, " "); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// encode writes JSON and a newline.
func encode(out *bytes.Buffer, v any, indent string) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	return e.Encode(v)
}
