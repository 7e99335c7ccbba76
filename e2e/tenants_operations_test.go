package e2e_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
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
	// body makes the body for these ids, and the content type.
	body func(t *testing.T, i ids, marker string) (body, contentType string)
	// list says that the answer lists what the caller has; of says by which id of
	// the owner that shows, by default the trace's.
	list bool
	of   []string
	// classed says that a refused key is answered with the class of the error.
	classed bool
	// strict says that a query parameter nobody knows is refused.
	strict bool
	// fresh matches what is new in every answer.
	fresh *regexp.Regexp
	// status of success; 0 is 200.
	status int
}

func (u usage) succeeds() int { return cmp.Or(u.status, http.StatusOK) }

// shows are ids of which the owner's list has one.
func (u usage) shows() []string {
	if u.of == nil {
		return []string{ownTrace}
	}
	return u.of
}

// ids are what the paths and bodies of a call name.
type ids struct {
	trace, observation, score, session string
	// media is content with a text of its own, content the text of another one.
	media, content string
	// upload and download are tokens of links.
	upload, download string
	model            string
	// task is older than newerTask.
	task, newerTask string
}

// unowned are the ids of what nobody has. Those of what the owner has are
// [tenants.own]: the server chooses some of them.
func unowned() ids {
	return ids{
		trace: noTrace, observation: noRoot, score: noScore, session: "nobody-session", media: mediaID("nobody-picture"), content: "nobody-content",
		upload: "nobody-upload", download: "nobody-download", model: "nobody-model", task: "nobody-task", newerTask: "nobody-task",
	}
}

// names returns the names in a replacer's form that answers about both are compared
// under.
func (i ids) names() []string {
	return []string{
		i.trace, "TRACE", i.observation, "OBSERVATION", i.score, "SCORE", i.media, "MEDIA", mediaID(i.content), "CONTENT",
		i.upload, "UPLOAD", i.download, "DOWNLOAD", i.model, "MODEL", i.task, "TASK", i.newerTask, "TASK",
	}
}

// mediaID is the id that content has.
func mediaID(content string) string {
	sum := sha256.Sum256([]byte(content))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:22]
}

// usages has an entry for each operation of the document. One without an entry
// fails the test: whoever adds an operation says here how strangers would misuse
// it.
func usages(own ids) map[string]usage {
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
	times := []string{"fromTimestamp", "toTimestamp", "page", "limit", "environment"}
	sessions := pick(page, times...)
	scores := with(pick(page, append(times, "userId", "fields")...), "filter", filters("id:stringOptions", "traceId:string", "observationId:string", "name:stringOptions", "environment:stringOptions", "userId:stringOptions",
		"comment:string", "source:stringOptions", "dataType:stringOptions", "value:number", "timestamp:datetime", "tags:arrayOptions", "traceName:stringOptions", "metadata:stringObject")...)
	for name, value := range map[string]string{
		"name": ownScoreName, "source": "API", "operator": ">", "value": "0", "scoreIds": ownScore, "configId": "", "queueId": "owner-queue", "dataType": "NUMERIC", "traceTags": ownTag,
		"sessionId": ownSession, "traceId": ownTrace, "datasetRunId": "", "observationId": "",
	} {
		scores[name] = []string{value}
	}
	scores["fields"] = []string{"score,trace", "score"}
	scoresV3 := pick(page, "fromTimestamp", "toTimestamp", "limit", "environment")
	for name, value := range map[string]string{
		"cursor": "@", "id": ownScore, "name": ownScoreName, "configId": "", "queueId": "owner-queue", "authorUserId": "", "source": "api", "dataType": "numeric", "traceId": ownTrace, "sessionId": ownSession,
		"experimentId": "", "observationId": "", "value": "", "valueMin": "", "valueMax": "",
	} {
		scoresV3[name] = []string{value}
	}
	scoresV3["fields"] = []string{"core", "core,details,subject,annotation"}
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
		"sessions.list":          {holds: []string{ownSession}, values: sessions, list: true, of: []string{ownSession}},
		"sessions.get":           {holds: []string{ownSession, ownTrace, ownInput, ownName, ownMetadata}},
		"scoreV1.list":           {holds: []string{ownScore, ownScoreName, ownComment, ownMetadata, ownUser, ownTag}, values: scores, list: true, of: []string{ownScore}},
		"scoreV1.get":            {holds: []string{ownScore, ownScoreName, ownComment, ownMetadata}},
		"scoreV2.list":           {holds: []string{ownScore, ownSessionScore, ownSession, ownComment, ownMetadata, ownUser, ownTag}, values: scores, list: true, of: []string{ownScore, ownSessionScore}},
		"scoreV2.get":            {holds: []string{ownScore, ownScoreName, ownComment, ownMetadata}},
		"scores.getMany":         {holds: []string{ownScore, ownSessionScore, ownScoreName}, values: scoresV3, list: true, strict: true, of: []string{ownScore, ownSessionScore}},
		"score.create":           {body: scoreBody},
		"score.delete":           {status: http.StatusAccepted},
		"ingestion.batch":        {body: batchBody, classed: true, status: http.StatusMultiStatus},
		"trace.create":           {body: callBody("id", "-trace.create")},
		"span.create":            {body: callBody("id", "-span.create")},
		"span.update":            {body: callBody("spanId", "-span.update")},
		"generation.create":      {body: callBody("id", "-generation.create")},
		"generation.update":      {body: callBody("generationId", "-generation.update")},
		"event.create":           {body: callBody("id", "-event.create")},
		"trace.getDetail":        {holds: []string{ownTrace, ownInput, ownName, ownMetadata, `"observationCount":2`}},
		"score.getDetail":        {holds: []string{ownScore, ownScoreName, ownComment, ownMetadata, ownRaw}},
		"observations.getDetail": {holds: []string{ownTrace, ownRoot, ownInput, ownMetadata, ownUser, ownRaw}},
		"media.getUploadUrl":     {holds: []string{mediaID(own.content), `"uploadUrl":null`}, body: mediaBody, fresh: regexp.MustCompile(`"uploadUrl":"http[^"]*"`), status: http.StatusCreated},
		"media.get":              {holds: []string{own.media, `"contentType":"text/plain"`, `"url":"http`}},
		"media.patch":            {body: mediaReport},
		"media.ofTrace":          {holds: []string{own.media, `"field":"metadata"`}},
		"media.upload":           {body: uploadBody},
		"media.download":         {holds: []string{ownPicture}},
		"models.list":            {holds: []string{own.model, ownModel}, values: pick(page, "page", "limit"), list: true, of: []string{own.model}},
		"models.get":             {holds: []string{own.model, ownModel}},
		"models.create":          {holds: []string{"written by project-one"}, body: modelBody, fresh: regexp.MustCompile(`"(id|modelName)":"[^"]*"`)},
		"models.delete":          {},
		"models.recalculate": {
			body: recalculationBody, status: http.StatusAccepted,
			fresh: regexp.MustCompile(`"(id|status)":"[^"]*"|"(startedAt|finishedAt)":(null|"TIME")|"(done|total|attempts)":\d+|"result":.*?,"error"`),
		},
		"tasks.list":   {holds: []string{own.task, own.newerTask, ownTask}, values: with(pick(page, "limit"), "after", own.newerTask), list: true, of: []string{own.task}},
		"tasks.get":    {holds: []string{own.task, ownTask}},
		"tasks.cancel": {holds: []string{own.task, ownTask}},
	}
}

// pick returns some entries of the map.
func pick(m map[string][]string, keys ...string) map[string][]string {
	out := map[string][]string{}
	for _, k := range keys {
		out[k] = m[k]
	}
	return out
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
		"comment": ownComment, "source": "API", "dataType": "NUMERIC", "observationId": ownRoot, "traceName": ownName, "metadata": ownMetadata,
		"tags": ownTag, "type": "GENERATION", "level": "WARNING", "parentObservationId": ownRoot,
	}
	for _, column := range columns {
		name, kind, _ := strings.Cut(column, ":")
		operator, value := "=", quote(values[name])
		switch kind {
		case "stringOptions":
			operator, value = "any of", "["+value+`,"`+ownRoot+`","`+ownChild+`","`+ownScoreName+`","`+ownScore+`"]`
		case "arrayOptions":
			operator, value = "all of", "["+value+"]"
		case "datetime":
			operator, value = ">=", `"0001-01-01T00:00:00Z"`
		case "boolean":
			value = "false"
		case "number":
			value = "1"
		case "stringObject":
			name += `","key":"secret`
		}
		list = append(list, `[{"type":"`+kind+`","column":"`+name+`","operator":"`+operator+`","value":`+value+`}]`)
	}
	return list
}

func exportBody(_ *testing.T, i ids, marker string) (body, contentType string) {
	return `{"projectId":"project-one","project_id":"project-one","resourceSpans":[{"resource":{"attributes":[` + pair("langfuse.project.id", "project-one") + "," + pair("project.id", "project-one") +
		`]},"scopeSpans":[{"spans":[{"projectId":"project-one","traceId":` + quote(i.trace) + `,"spanId":` + quote(ownRoot) + `,"name":` + quote(marker) + `,"startTimeUnixNano":"1700000000000000000"}]}]}]}`, "application/json"
}

// callBody is the body of a call of 2023, about an entity of its own: the answer
// is the whole of it.
func callBody(id, apart string) func(*testing.T, ids, string) (body, contentType string) {
	return func(t *testing.T, i ids, marker string) (string, string) {
		object := map[string]string{"projectId": "project-one", "name": marker, "traceId": i.trace + "-2023", "traceIdType": "LANGFUSE", id: i.observation + apart}
		raw, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw), "application/json"
	}
}

func scoreBody(_ *testing.T, i ids, marker string) (body, contentType string) {
	return `{"projectId":"project-one","id":` + quote(i.score) + `,"traceId":` + quote(i.trace) + `,"name":` + quote(marker) + `,"value":1}`, "application/json"
}

func batchBody(_ *testing.T, i ids, marker string) (body, contentType string) {
	const head = `,"timestamp":"2031-01-01T00:00:00Z","body":{"projectId":"project-one","id":`
	return `{"projectId":"project-one","batch":[` +
		`{"id":"1","type":"trace-create"` + head + quote(i.trace) + `}},` +
		`{"id":"2","type":"span-update"` + head + quote(i.observation) + `,"traceId":` + quote(i.trace) + `,"name":` + quote(marker) + `}},` +
		`{"id":"3","type":"span-update"` + head + quote(i.observation) + `,"name":` + quote(marker) + `}},` +
		`{"id":"4","type":"score-create"` + head + quote(i.score) + `,"traceId":` + quote(i.trace) + `,"name":` + quote(marker) + `,"value":2}},` +
		`{"id":"5","type":"nonsense"` + head + quote(i.trace) + `}}]}`, "application/json"
}

// mediaBody announces content by its hash, which is what the owner's is known by.
func mediaBody(_ *testing.T, i ids, _ string) (body, contentType string) {
	sum := sha256.Sum256([]byte(i.content))
	return fmt.Sprintf(`{"projectId":"project-one","contentType":"text/plain","contentLength":%d,"sha256Hash":%q,"traceId":%q,"field":"input"}`,
		len(i.content), base64.StdEncoding.EncodeToString(sum[:]), i.trace), "application/json"
}

func mediaReport(*testing.T, ids, string) (body, contentType string) {
	return `{"projectId":"project-one","uploadedAt":"2031-01-01T00:00:00Z","uploadHttpStatus":500,"uploadHttpError":"it failed"}`, "application/json"
}

func uploadBody(*testing.T, ids, string) (body, contentType string) { return ownUpload, "text/plain" }

// modelBody has another name each time, since each is taken once.
func modelBody(_ *testing.T, _ ids, marker string) (body, contentType string) {
	name := fmt.Sprintf("%s %d", marker, rand.Int64())
	return `{"projectId":"project-one","modelName":` + quote(name) + `,"matchPattern":"^x$","unit":"TOKENS","inputPrice":1,"outputPrice":2}`, "application/json"
}

func recalculationBody(_ *testing.T, _ ids, marker string) (body, contentType string) {
	return `{"model":` + quote(marker) + `}`, "application/json"
}

func pair(key, value string) string {
	return `{"key":` + quote(key) + `,"value":{"stringValue":` + quote(value) + `}}`
}

func metricsBody(*testing.T, ids, string) (body, contentType string) {
	return `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{}]}}]}]}]}`, "application/json"
}

// target fills in the path of an operation.
func (o operation) target(i ids) string {
	token := i.download
	if !o.reads() {
		token = i.upload
	}
	return strings.NewReplacer("{traceId}", url.PathEscape(i.trace), "{observationId}", url.PathEscape(i.observation),
		"{scoreId}", url.PathEscape(i.score), "{sessionId}", url.PathEscape(i.session), "{mediaId}", url.PathEscape(i.media),
		"{modelId}", url.PathEscape(i.model), "{taskId}", url.PathEscape(i.task), "{token}", url.PathEscape(token)).Replace(o.Path)
}

// reads reports whether the operation changes nothing.
func (o operation) reads() bool { return o.Method == http.MethodGet }
