package otlp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// form is one of the two encodings of a request; the answer uses the same.
type form struct {
	proto       bool
	decode      func([]byte, Limits) (span.Batch, error)
	countPoints func([]byte) (int64, error)
}

// formOf picks the form by content type. It looks for the type anywhere in the
// header, so that parameters pass.
func formOf(contentType string) (form, error) {
	contentType = strings.ToLower(contentType)
	switch {
	case strings.Contains(contentType, "application/x-protobuf"), strings.Contains(contentType, "application/protobuf"):
		return form{proto: true, decode: DecodeProto, countPoints: countPointsProto}, nil
	case strings.Contains(contentType, "application/json"):
		return form{decode: DecodeJSON, countPoints: countPointsJSON}, nil
	}
	return form{}, fault.New(fault.Invalid, "Invalid content type")
}

// replyPartial answers 200. Without rejections the body is the empty response of
// the form; with them it names their number and the reasons.
func replyPartial(w http.ResponseWriter, f form, field string, rejected int64, message string) {
	if !f.proto {
		body := "{}"
		if rejected > 0 || message != "" {
			// 64-bit integers are text in OTLP/JSON.
			body = fmt.Sprintf(`{"partialSuccess":{%q:"%d","errorMessage":%s}}`, field, rejected, jsonText(message))
		}
		writeJSON(w, http.StatusOK, body)
		return
	}
	var body []byte
	if rejected > 0 || message != "" {
		var partial []byte
		partial = protowire.AppendTag(partial, 1, protowire.VarintType)
		partial = protowire.AppendVarint(partial, uint64(rejected))
		partial = protowire.AppendTag(partial, 2, protowire.BytesType)
		partial = protowire.AppendString(partial, message)
		body = protowire.AppendTag(body, 1, protowire.BytesType)
		body = protowire.AppendBytes(body, partial)
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(http.StatusOK)
	w.Write(body) //nolint:errcheck // the data is stored; a client that left hears nothing
}

func writeJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	w.Write([]byte(body)) //nolint:errcheck // as above
}

func jsonText(s string) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.Encode(s) //nolint:errcheck // a string always encodes
	return strings.TrimSuffix(buf.String(), "\n")
}
