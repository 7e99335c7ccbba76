package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// usage is how the tenants test calls an operation.
type usage struct {
	// holds are texts of the owner's data that the owner's answer must hold.
	holds []string
	// values are what each query parameter is called with, all of them chosen by
	// the owner's data; in "@" the owner's cursor stands.
	values map[string][]string
	// body makes the body for a trace, and the content type.
	body func(t *testing.T, traceID, marker string) (body, contentType string)
	// list says that the answer lists what the caller has.
	list bool
}

// usages has an entry for each operation of the document. One without an entry
// fails the test: whoever adds an operation says here how strangers would misuse
// it.
func usages() map[string]usage {
	page := map[string][]string{
		"page": {"1"}, "limit": {"1", "100"}, "userId": {ownUser}, "name": {ownName}, "sessionId": {ownSession}, "version": {ownVersion}, "release": {ownRelease},
		"tags": {ownTag}, "environment": {ownEnvironment}, "fromTimestamp": {"0001-01-01T00:00:00Z"}, "toTimestamp": {"9999-12-31T23:59:59Z"},
		"orderBy": {"timestamp.asc", "id.desc", "name.asc", "userId.desc", "sessionId.asc", "bookmarked.desc"}, "fields": {"core", "io", "scores", "observations", "metrics", "core,io,scores,observations,metrics"},
		"useEventsTable": {"true"},
		"filter": filters("traceId:string", "id:string", "name:stringOptions", "userId:string", "sessionId:string", "version:string", "release:string", "environment:stringOptions",
			"tags:arrayOptions", "timestamp:datetime", "bookmarked:boolean"),
		"type": {"GENERATION"}, "level": {"WARNING"}, "traceId": {ownTrace}, "parentObservationId": {ownRoot, ""}, "fromStartTime": {"0001-01-01T00:00:00Z"}, "toStartTime": {"9999-12-31T23:59:59Z"},
		"expandMetadata": {"secret"}, "cursor": {"@"}, "parseIoAsJson": {"false"}, "isRootObservation": {"true", "false"},
	}
	observationFilters := filters("traceId:string", "id:stringOptions", "name:stringOptions", "type:stringOptions", "level:stringOptions", "userId:string", "sessionId:string",
		"version:string", "environment:stringOptions", "parentObservationId:string", "startTime:datetime", "tags:arrayOptions")
	observations, v2 := with(page, "filter", observationFilters...), with(page, "filter", append(observationFilters, filters("release:string", "isRootObservation:boolean", "hasParentObservation:boolean")...)...)
	observations["name"], v2["name"] = []string{"child of " + ownName}, []string{"child of " + ownName}
	v2["fields"] = []string{"core", "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"}
	return map[string]usage{
		"health":                 {holds: []string{`"status":"OK"`}, values: map[string][]string{"failIfDatabaseUnavailable": {"true"}, "failIfNoRecentEvents": {"true"}}},
		"ready":                  {holds: []string{`"status":"OK"`}},
		"openapi":                {holds: []string{"openapi: 3.1.0"}},
		"projects.get":           {holds: []string{`"id":"project-one"`, `"name":"Project One"`, `"name":"Org One"`}, list: true},
		"otel.exportTraces":      {body: exportBody},
		"otlp.exportTraces":      {body: exportBody},
		"otel.exportMetrics":     {holds: []string{`"rejectedDataPoints":"1"`}, body: metricsBody},
		"trace.list":             {holds: []string{ownTrace, ownInput, ownName, ownMetadata}, values: page, list: true},
		"trace.get":              {holds: []string{ownTrace, ownRoot, ownChild, ownInput, ownName, ownMetadata}, values: map[string][]string{"fields": page["fields"]}},
		"observations.list":      {holds: []string{ownTrace, ownRoot, ownChild, ownInput, ownMetadata}, values: observations, list: true},
		"observations.get":       {holds: []string{ownTrace, ownRoot, ownInput, ownMetadata}},
		"observations.getMany":   {holds: []string{ownTrace, ownRoot, ownChild}, values: v2, list: true},
		"observations.getDetail": {holds: []string{ownTrace, ownRoot, ownInput, ownMetadata, ownUser, ownRaw}},
	}
}

// with returns a copy of the map with another entry.
func with(m map[string][]string, key string, values ...string) map[string][]string {
	out := map[string][]string{key: values}
	for k, v := range m {
		if k != key {
			out[k] = v
		}
	}
	return out
}

// filters writes structured filters that find the owner's data, each for one
// "column:type".
func filters(columns ...string) (list []string) {
	values := map[string]string{
		"traceId": ownTrace, "id": ownTrace, "name": ownName, "userId": ownUser, "sessionId": ownSession, "version": ownVersion, "release": ownRelease, "environment": ownEnvironment,
		"tags": ownTag, "type": "GENERATION", "level": "WARNING", "parentObservationId": ownRoot,
	}
	for _, column := range columns {
		name, kind, _ := strings.Cut(column, ":")
		operator, value := "=", quote(values[name])
		switch kind {
		case "stringOptions":
			operator, value = "any of", "["+value+`,"`+ownRoot+`","`+ownChild+`"]`
		case "arrayOptions":
			operator, value = "all of", "["+value+"]"
		case "datetime":
			operator, value = ">=", `"0001-01-01T00:00:00Z"`
		case "boolean":
			value = "false"
		}
		list = append(list, `[{"type":"`+kind+`","column":"`+name+`","operator":"`+operator+`","value":`+value+`}]`)
	}
	return list
}

func exportBody(_ *testing.T, traceID, marker string) (body, contentType string) {
	return `{"projectId":"project-one","project_id":"project-one","resourceSpans":[{"resource":{"attributes":[` + pair("langfuse.project.id", "project-one") + "," + pair("project.id", "project-one") +
		`]},"scopeSpans":[{"spans":[{"projectId":"project-one","traceId":` + quote(traceID) + `,"spanId":` + quote(ownRoot) + `,"name":` + quote(marker) + `,"startTimeUnixNano":"1700000000000000000"}]}]}]}`, "application/json"
}

func pair(key, value string) string {
	return `{"key":` + quote(key) + `,"value":{"stringValue":` + quote(value) + `}}`
}

func metricsBody(*testing.T, string, string) (body, contentType string) {
	return `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{}]}}]}]}]}`, "application/json"
}

// target fills in the path of an operation.
func (o operation) target(traceID, observationID string) string {
	path := strings.ReplaceAll(o.Path, "{traceId}", url.PathEscape(traceID))
	return strings.ReplaceAll(path, "{observationId}", url.PathEscape(observationID))
}

// reads reports whether the operation changes nothing.
func (o operation) reads() bool { return o.Method == http.MethodGet }
