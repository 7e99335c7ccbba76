package api_test

import (
	"net/http"
	"testing"
)

// What validating clients of any generation need to find, by hand: the document
// is written from our types and would follow their mistakes.
func TestRequiredKeys(t *testing.T) {
	var (
		meta  = []string{"page", "limit", "totalItems", "totalPages"}
		trace = []string{"id", "timestamp", "tags", "public", "environment", "htmlPath", "latency", "totalCost", "observations", "scores", "bookmarked", "metadata"}
		v1    = []string{
			"id", "type", "startTime", "usage", "level", "usageDetails", "costDetails", "environment", "promptTokens", "completionTokens",
			"totalTokens", "metadata", "projectId", "unit", "createdAt", "updatedAt", "calculatedTotalCost",
		}
		traceNull = []string{"externalId", "name", "sessionId", "release", "version", "userId", "projectId", "input", "output", "createdAt", "updatedAt"}
		v1Null    = []string{
			"modelParameters", "input", "output", "traceId", "parentObservationId", "name", "endTime", "completionStartTime", "version",
			"statusMessage", "model", "promptId", "promptName", "promptVersion", "usagePricingTierId", "usagePricingTierName", "modelId",
			"inputPrice", "outputPrice", "totalPrice", "calculatedInputCost", "calculatedOutputCost", "latency", "timeToFirstToken",
		}
		v2     = []string{"id", "startTime", "projectId", "type"}
		v2Null = []string{"traceId", "endTime", "parentObservationId", "modelId", "inputPrice", "outputPrice", "totalPrice", "latency", "timeToFirstToken"}
	)
	var (
		session = []string{"id", "createdAt", "projectId", "environment"}
		bare    = []string{"id", "timestamp", "tags", "public", "environment", "bookmarked", "metadata"}
		score   = []string{"id", "projectId", "name", "source", "timestamp", "createdAt", "updatedAt", "environment", "dataType", "metadata"}
		// Of all data types; that of a numeric or text score is looked at below.
		scoreNull = []string{"authorUserId", "comment", "configId", "queueId", "executionTraceId", "observationId", "stringValue"}
		scoreV3   = []string{"id", "projectId", "name", "source", "timestamp", "environment", "createdAt", "updatedAt", "dataType", "value"}
	)
	w := newWorld(t, nil)
	key := "pair"
	get := func(path string) map[string]any {
		res, body := w.call(t, "GET", path, http.Header{"Authorization": {keys()[key]}})
		object, ok := decode(t, body).(map[string]any)
		if res.StatusCode != 200 || !ok {
			t.Fatalf("%s: %d %s", path, res.StatusCode, body)
		}
		return object
	}
	check := func(what string, value any, nonNull, present []string) {
		t.Helper()
		object, _ := value.(map[string]any)
		for _, k := range nonNull {
			if object[k] == nil {
				t.Errorf("%s: %s is absent or null", what, k)
			}
		}
		for _, k := range present {
			if _, ok := object[k]; !ok {
				t.Errorf("%s: %s is absent", what, k)
			}
		}
	}
	each := func(what string, list any, nonNull, present []string) {
		t.Helper()
		items, ok := list.([]any)
		if !ok || len(items) == 0 {
			t.Errorf("%s: no items", what)
		}
		for _, item := range items {
			check(what, item, nonNull, present)
		}
	}
	for _, fields := range []string{"", "?fields=core", "?fields=io", "?fields=scores", "?fields=observations", "?fields=metrics"} {
		list := get("/api/public/traces" + fields)
		check("traces meta", list["meta"], meta, nil)
		each("traces", list["data"], trace, traceNull)
		check("trace", get("/api/public/traces/t-1"+fields), trace, traceNull)
	}
	each("observations of a trace", get("/api/public/traces/t-1")["observations"], append(v1, "inputPrice", "outputPrice", "totalPrice"), v1Null)
	list := get("/api/public/observations")
	check("observations meta", list["meta"], meta, nil)
	each("observations", list["data"], v1, v1Null)
	check("observation", get("/api/public/observations/g-1"), v1, v1Null)
	for _, fields := range []string{"", "?fields=core", "?fields=core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"} {
		list = get("/api/public/v2/observations" + fields)
		if _, ok := list["meta"].(map[string]any); !ok {
			t.Error("v2: no meta")
		}
		each("v2", list["data"], v2, v2Null)
	}
	each("projects", get("/api/public/projects")["data"], []string{"id", "name", "organization", "metadata"}, []string{"retentionDays"})
	check("health", get("/api/public/health"), []string{"version", "status"}, nil)
	check("usage", get("/api/public/observations/s-1")["usage"], []string{"unit", "input", "output", "total"}, nil)

	key = "judged"
	list = get("/api/public/sessions")
	check("sessions meta", list["meta"], meta, nil)
	each("sessions", list["data"], session, nil)
	check("session", get("/api/public/sessions/se-1"), append(session, "traces"), nil)
	each("traces of a session", get("/api/public/sessions/se-1")["traces"], bare, traceNull)
	list = get("/api/public/scores")
	check("v1 scores meta", list["meta"], meta, nil)
	each("v1 scores", list["data"], append(score, "traceId", "trace"), scoreNull)
	each("scores of a trace", get("/api/public/traces/tr-1")["scores"], append(score, "traceId"), scoreNull)
	check("v1 score", get("/api/public/scores/half"), append(score, "traceId", "value"), scoreNull)
	list = get("/api/public/v2/scores")
	check("v2 scores meta", list["meta"], meta, nil)
	each("v2 scores", list["data"], score, append(scoreNull, "traceId", "sessionId", "datasetRunId", "trace"))
	check("v2 score", get("/api/public/v2/scores/half"), append(score, "value"), append(scoreNull, "traceId", "sessionId", "datasetRunId"))
	for dataType, values := range map[string][]string{
		"NUMERIC": {"value"}, "BOOLEAN": {"value", "stringValue"}, "CATEGORICAL": {"value", "stringValue"}, "CORRECTION": {"value", "stringValue"}, "TEXT": {"stringValue"},
	} {
		each("v2 scores of "+dataType, get("/api/public/v2/scores?dataType=" + dataType)["data"], values, nil)
	}
	list = get("/api/public/v3/scores?fields=core,details,annotation,subject")
	check("v3 scores meta", list["meta"], []string{"limit"}, nil)
	each("v3 scores", list["data"], append(scoreV3, "metadata", "subject"), []string{"comment", "configId", "authorUserId", "queueId"})
}
