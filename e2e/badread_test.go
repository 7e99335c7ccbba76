package e2e_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// question is a read with its exact answer.
type question struct {
	method, target string
	header         []string
	status         int
	body           string
}

// TestBadReads asks what cannot be answered.
func TestBadReads(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	b := newBatch(t.Name())
	for range 3 {
		b.good()
	}
	v.export(t, b, wires()[0], packings()[0])
	for name, q := range badReads() {
		t.Run(name, func(t *testing.T) {
			if q.method == "" {
				q.method = http.MethodGet
			}
			a := send(t, v.Server, q.method, q.target, nil, q.header...)
			if a.Status != q.status || a.Body != q.body {
				t.Errorf("%s %.300s:\n%d %.2000s\nwant\n%d %s", q.method, q.target, a.Status, a.Body, q.status, q.body)
			}
			if got := a.Header.Get("Content-Type"); a.Body != "" && got != "application/json; charset=utf-8" {
				t.Errorf("content type %q", got)
			}
			if len(a.Header.Get("X-Request-Id")) != 36 {
				t.Errorf("no request id: %v", a.Header)
			}
			v.unharmed(t)
		})
	}
	b.accounted(t, v)
}

// issue is the answer to one wrong parameter.
func issue(format string, args ...any) string {
	return `{"message":"Invalid request data","error":[` + fmt.Sprintf(format, args...) + `]}`
}

func badReads() map[string]question {
	const (
		traces, observations, v2 = "/api/public/traces", "/api/public/observations", "/api/public/v2/observations"
		noEndpoint               = `{"message":"Not Found: there is no such endpoint"}`
		noPage                   = `{"data":[],"meta":{"page":%d,"limit":50,"totalItems":%d,"totalPages":1}}`
	)
	var (
		list = map[string]question{}
		add  = func(name string, q question) { list[name] = q }
	)
	class := func(class, message string) string {
		return fmt.Sprintf(`{"message":%s,"error":%q}`, quote(message), class)
	}
	invalid := func(message string) string { return class("InvalidRequestError", message) }
	small := func(name string, least int) string {
		return issue(`{"code":"too_small","path":[%q],"message":"Too small: expected number to be >=%d","origin":"number","minimum":%[2]d,"inclusive":true}`, name, least)
	}
	large := func(name string, most int) string {
		return issue(`{"code":"too_big","path":[%q],"message":"Too big: expected number to be <=%d","origin":"number","maximum":%[2]d,"inclusive":true}`, name, most)
	}
	noNumber := func(name string) string {
		return issue(`{"code":"invalid_type","path":[%q],"message":"Invalid input: expected number, received NaN","expected":"number"}`, name)
	}
	noInt := func(name string) string {
		return issue(`{"code":"invalid_type","path":[%q],"message":"Invalid input: expected int, received number","expected":"int"}`, name)
	}
	repeated := func(name, kind string) string {
		return issue(`{"code":"invalid_type","path":[%q],"message":"Invalid input: expected %s, received array","expected":%[2]q}`, name, kind)
	}
	noTime := func(path string) string {
		return issue(`{"code":"invalid_format","path":[%s],"message":"Invalid ISO datetime: a date and time with a zone is needed (Z, or an offset whose plus sign is written %%2B)","format":"datetime"}`, path)
	}

	for text, body := range map[string]string{
		"0": small("limit", 1), "-1": small("limit", 1), "101": large("limit", 100), "abc": noNumber("limit"), "1e9": noInt("limit"), "1.5": noInt("limit"),
		"NaN": noNumber("limit"), "Infinity": noInt("limit"), "0x10": noNumber("limit"), "1_0": noInt("limit"), "9223372036854775807": large("limit", 100),
		"9223372036854775808": noInt("limit"), "99999999999999999999999999": noInt("limit"), "%00": noNumber("limit"), "1%002": noNumber("limit"), "٣": noNumber("limit"), "--1": noNumber("limit"),
	} {
		for _, path := range []string{traces, observations} {
			add(path+" limit "+text, question{target: path + "?limit=" + text, status: 400, body: body})
		}
	}
	for text, body := range map[string]string{
		"0": small("page", 1), "-9223372036854775808": small("page", 1), "9007199254740992": large("page", 9007199254740991), "9223372036854775807": large("page", 9007199254740991),
		"9223372036854775808": noInt("page"), "1e300": noInt("page"), "x": noNumber("page"),
	} {
		add("page "+text, question{target: traces + "?page=" + text, status: 400, body: body})
	}
	add("a page far behind", question{target: traces + "?page=9007199254740991", status: 200, body: fmt.Sprintf(noPage, 9007199254740991, 1)})
	add("a page far behind of observations", question{target: observations + "?page=9007199254740991", status: 200, body: fmt.Sprintf(noPage, 9007199254740991, 3)})
	add("a page of 100 far behind", question{target: traces + "?limit=100&page=9007199254740991", status: 200, body: `{"data":[],"meta":{"page":9007199254740991,"limit":100,"totalItems":1,"totalPages":1}}`})
	add("two wrong parameters", question{target: traces + "?page=0&limit=x", status: 400, body: `{"message":"Invalid request data","error":[` +
		`{"code":"too_small","path":["page"],"message":"Too small: expected number to be >=1","origin":"number","minimum":1,"inclusive":true},` +
		`{"code":"invalid_type","path":["limit"],"message":"Invalid input: expected number, received NaN","expected":"number"}]}`})
	add("v2 limit over 1000", question{target: v2 + "?limit=1001", status: 400, body: large("limit", 1000)})
	add("v2 limit below 0", question{target: v2 + "?limit=-1", status: 400, body: small("limit", 0)})
	add("v2 limit 0", question{target: v2 + "?limit=0", status: 200, body: `{"data":[],"meta":{}}`})

	for _, text := range []string{
		"yesterday", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "1700000000", "10000-01-01T00:00:00Z",
		"0000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "2026-01-01T00:00:00+02:00", "NaN", "%00", "2026-01-01T00:00:00Z'--", strings.Repeat("9", 10_000),
	} {
		for path, name := range map[string]string{traces: "fromTimestamp", observations: "toStartTime", v2: "fromStartTime"} {
			add(path+" time "+text, question{target: path + "?" + name + "=" + text, status: 400, body: noTime(`"` + name + `"`)})
		}
	}
	for query, body := range map[string]string{
		"limit=1&limit=2": repeated("limit", "number"), "name=a&name=b": repeated("name", "string"), "page=1&page=1": repeated("page", "number"),
		"fromTimestamp=2026-01-01T00:00:00Z&fromTimestamp=2026-01-01T00:00:00Z": repeated("fromTimestamp", "string"),
		"filter=[]&filter=[]": repeated("filter", "string"), "fields=io&fields=core": repeated("fields", "string"), "orderBy=id.asc&orderBy=id.asc": repeated("orderBy", "string"),
		"userId=&userId=": repeated("userId", "string"),
	} {
		add("repeated "+query, question{target: traces + "?" + query, status: 400, body: body})
	}
	for _, query := range []string{"%", "%z", "name=%G0", "a=%", "%=1"} {
		add("escape "+query, question{target: traces + "?" + query, status: 400, body: invalid("Invalid query string: a percent sign must begin an escape such as %25")})
	}
	orders := `"bookmarked.asc","bookmarked.desc","id.asc","id.desc","name.asc","name.desc","public.asc","public.desc","release.asc","release.desc","sessionId.asc","sessionId.desc","timestamp.asc","timestamp.desc","userId.asc","userId.desc","version.asc","version.desc"`
	options := strings.ReplaceAll(strings.ReplaceAll(orders, ",", "|"), `"`, `\"`)
	for _, text := range []string{"id", "id.up", "timestamp", "latency.asc", "timestamp.desc;DROP", "timestamp desc", "timestamp.DESC", "1"} {
		add("order "+text, question{target: traces + "?orderBy=" + url.QueryEscape(text), status: 400, body: issue(`{"code":"invalid_value","path":["orderBy"],"message":"Invalid option: expected one of %s","values":[%s]}`, options, orders)})
	}
	add("type", question{target: observations + "?type=span", status: 400, body: oneOf("type", "SPAN", "GENERATION", "EVENT", "AGENT", "TOOL", "CHAIN", "RETRIEVER", "EVALUATOR", "EMBEDDING", "GUARDRAIL")})
	add("level", question{target: v2 + "?level=FATAL", status: 400, body: oneOf("level", "DEBUG", "DEFAULT", "WARNING", "ERROR")})
	add("flag", question{target: v2 + "?isRootObservation=1", status: 400, body: oneOf("isRootObservation", "true", "false")})
	add("parsing of input", question{target: v2 + "?parseIoAsJson=true", status: 400, body: invalid("parseIoAsJson is no longer supported: input and output are always returned as strings. Parse them in your client, or leave the parameter out.")})

	for name, text := range map[string]string{"noise": "!!!", "no json": base64.StdEncoding.EncodeToString([]byte("{")), "nothing in base64": "====", "half a letter": "A", "200 KiB": strings.Repeat("A", 60_000)} {
		body := invalid("Invalid cursor format")
		add("cursor: "+name, question{target: v2 + "?cursor=" + url.QueryEscape(text), status: 400, body: body})
	}
	for name, c := range map[string]struct{ plain, body string }{
		"array":     {`[]`, issue(`{"code":"invalid_type","path":["cursor"],"message":"Invalid input: expected object, received array","expected":"object"}`)},
		"number":    {`1`, issue(`{"code":"invalid_type","path":["cursor"],"message":"Invalid input: expected object, received number","expected":"object"}`)},
		"no id":     {`{"lastStartTimeTo":"2026-01-01T00:00:00Z","lastTraceId":"a"}`, issue(`{"code":"invalid_type","path":["cursor","lastId"],"message":"Invalid input: expected string, received undefined","expected":"string"}`)},
		"wrong id":  {`{"lastStartTimeTo":"2026-01-01T00:00:00Z","lastTraceId":"a","lastId":1}`, issue(`{"code":"invalid_type","path":["cursor","lastId"],"message":"Invalid input: expected string, received number","expected":"string"}`)},
		"no time":   {`{"lastStartTimeTo":"then","lastTraceId":"a","lastId":"b"}`, noTime(`"cursor","lastStartTimeTo"`)},
		"late time": {`{"lastStartTimeTo":"10000-01-01T00:00:00Z","lastTraceId":"a","lastId":"b"}`, noTime(`"cursor","lastStartTimeTo"`)},
	} {
		add("cursor of "+name, question{target: v2 + "?cursor=" + base64.RawURLEncoding.EncodeToString([]byte(c.plain)), status: 400, body: c.body})
	}
	add("cursor from before all", question{target: v2 + "?cursor=" + base64.RawURLEncoding.EncodeToString([]byte(`{"lastStartTimeTo":"0001-01-01T00:00:00Z","lastTraceId":"\u0000' OR 1=1","lastId":"%"}`)), status: 200, body: `{"data":[],"meta":{}}`})

	at := func(rest string) string {
		return issue("%s", `{"code":"invalid_type","path":["filter",0`+rest)
	}
	for name, c := range map[string]struct{ filter, body string }{
		"no json":           {`[`, invalid("Invalid JSON in filter parameter")},
		"word":              {`x`, invalid("Invalid JSON in filter parameter")},
		"deep":              {strings.Repeat("[", 20_000), invalid("Invalid JSON in filter parameter")},
		"deep and closed":   {strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000), at(`],"message":"Invalid input: expected object, received array","expected":"object"}`)},
		"object":            {`{}`, issue(`{"code":"invalid_type","path":["filter"],"message":"Invalid input: expected array, received object","expected":"array"}`)},
		"null":              {`null`, issue(`{"code":"invalid_type","path":["filter"],"message":"Invalid input: expected array, received null","expected":"array"}`)},
		"element":           {`[1]`, at(`],"message":"Invalid input: expected object, received number","expected":"object"}`)},
		"null element":      {`[null]`, at(`],"message":"Invalid input: expected object, received null","expected":"object"}`)},
		"no type":           {`[{}]`, issue(`{"code":"invalid_union","path":["filter",0,"type"],"message":"Invalid input: there is no such filter type"}`)},
		"type of its own":   {`[{"type":"sql","column":"id","operator":"=","value":"1"}]`, issue(`{"code":"invalid_union","path":["filter",0,"type"],"message":"Invalid input: there is no such filter type"}`)},
		"unknown column":    {`[{"type":"string","column":"id; DROP TABLE traces","operator":"=","value":"1"}]`, invalid("Column id; DROP TABLE traces does not match a UI / CH table mapping.")},
		"wrong type":        {`[{"type":"number","column":"name","operator":"=","value":1}]`, invalid("Invalid filter type 'number' for column 'name'. Expected filter type 'stringOptions'.")},
		"value of no text":  {`[{"type":"string","column":"id","operator":"=","value":1}]`, at(`,"value"],"message":"Invalid input: expected string, received number","expected":"string"}`)},
		"no value":          {`[{"type":"string","column":"id","operator":"="}]`, at(`,"value"],"message":"Invalid input: expected string, received undefined","expected":"string"}`)},
		"options of no one": {`[{"type":"stringOptions","column":"name","operator":"any of","value":[]}]`, issue(`{"code":"too_small","path":["filter",0,"value"],"message":"Too small: expected array to have >=1 items","origin":"array","minimum":1,"inclusive":true}`)},
		"a date that is no": {`[{"type":"datetime","column":"timestamp","operator":">","value":"soon"}]`, noTime(`"filter",0,"value"`)},
		"null without text": {`[{"type":"null","column":"name","operator":"is null"}]`, issue(`{"code":"invalid_value","path":["filter",0,"value"],"message":"Invalid input: expected \"\"","values":[""]}`)},
	} {
		add("filter: "+name, question{target: traces + "?filter=" + url.QueryEscape(c.filter), status: 400, body: c.body})
	}
	add("filter of too many texts", question{ // hardly escaped, or the line gets too long
		target: traces + `?filter=[{"type":"stringOptions","column":"name","operator":"any+of","value":[""` + strings.Repeat(`,""`, 10_000) + `]}]`, status: 400,
		body: issue(`{"code":"too_big","path":["filter"],"message":"Too big: expected array to have <=10000 items","origin":"array","maximum":10000,"inclusive":true}`),
	})
	add("filter for what nobody has", question{
		target: traces + "?filter=" + url.QueryEscape(`[{"type":"string","column":"name","operator":"=","value":"\u0000' OR '1'='1"},{"type":"stringOptions","column":"userId","operator":"any of","value":["%","_",""]}]`), status: 200,
		body: `{"data":[],"meta":{"page":1,"limit":50,"totalItems":0,"totalPages":0}}`,
	})

	add("50 KiB of query", question{target: traces + "?name=" + strings.Repeat("x", 50_000), status: 200, body: `{"data":[],"meta":{"page":1,"limit":50,"totalItems":0,"totalPages":0}}`})
	add("many tags", question{
		target: traces + "?tags=" + strings.Repeat("x,", 1001), status: 400,
		body: issue(`{"code":"too_big","path":["tags"],"message":"Too big: expected array to have <=1000 items","origin":"array","maximum":1000,"inclusive":true}`),
	})

	for target, methods := range map[string][]string{
		traces: {"PUT", "PATCH", "DELETE", "TRACE", "QUERY"}, traces + "/x": {"POST", "PUT", "DELETE"}, observations: {"POST"}, v2: {"PATCH"},
	} {
		for _, m := range methods {
			add(m+" "+target, question{method: m, target: target, status: 405, body: `{"message":"Method not allowed","error":"MethodNotAllowedError"}`})
			add(m+" "+target+" without a key", question{method: m, target: target, header: []string{"Authorization: "}, status: 405, body: `{"message":"Method not allowed","error":"MethodNotAllowedError"}`})
		}
	}
	add("GET of an export", question{target: "/v1/traces", status: 405, body: `{"message":"Method not allowed","error":"Method not allowed"}`})
	add("GET of the metrics", question{target: "/api/public/otel/v1/metrics", status: 405, body: `{"message":"Method not allowed","error":"Method not allowed"}`})
	add("POST of the projects", question{method: "POST", target: "/api/public/projects", status: 405, body: `{"message":"Method not allowed"}`})
	add("HEAD of a list", question{method: "HEAD", target: traces, status: 200})
	add("HEAD of nothing", question{method: "HEAD", target: traces + "/x", status: 404})
	add("HEAD without a key", question{method: "HEAD", target: traces, header: []string{"Authorization: "}, status: 401})

	for _, target := range []string{"/", "/project/p/traces/t"} {
		add("page "+target, question{target: target, status: 404, body: `{"message":"Not Found: there is no such endpoint. The API is under /api/public; this version has no user interface yet."}`})
	}
	for _, target := range []string{
		"/api", "/api/", "/api/public", "/api/public/", "/api/public/tracesx", "/API/PUBLIC/TRACES", "/api/public/traces/", "/api/public/traces/a/b", "/api/public/traces/a/", "/v1/logs",
		"/api/public/otel/v1/logs", "/metrics", "/debug/pprof/", "/.env", "/favicon.ico", "/index.php",
		"/api/public/traces//a", "/api/public//traces", "/api//public/traces", "/api/public/traces/a//", "/api/public/traces//",
		"/../etc/passwd", "/api/public/../../../../etc/passwd", "/api/public/traces/../../../instance.key", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd",
		"/api/public/./traces", "/api/./public/traces", "/api/public/traces/../traces", "/api/public/traces/..;/traces", "/api/v1/traces/a/observations", "/api/v1/traces/a/observations/b/c",
		"/api/public/traces%2Fa", "/api%2Fpublic%2Ftraces", "/api/public/traces%00", "/\\..\\..\\x",
	} {
		add("path "+target, question{target: target, status: 404, body: noEndpoint})
	}
	for _, id := range []string{"..", "%2e%2e", "..%2F..%2Finstance.key", "%2F", "%00", "x%0d%0aSet-Cookie:%20a=b", "instance.key", "%5c..%5c"} {
		plain, _ := url.PathUnescape(id) // they are right
		add("trace "+id, question{target: traces + "/" + id, status: 404, body: class("LangfuseNotFoundError", "Trace "+plain+" not found within authorized project")})
		add("observation "+id, question{target: observations + "/" + id, status: 404, body: class("LangfuseNotFoundError", "Observation not found within authorized project")})
		add("detail "+id, question{target: "/api/v1/traces/" + id + "/observations/" + id, status: 404, body: class("LangfuseNotFoundError", "Observation not found within authorized project")})
	}
	add("a trace by a name of a mile", question{target: traces + "/" + strings.Repeat("x", 50_000), status: 404, body: class("LangfuseNotFoundError", "Trace "+strings.Repeat("x", 50_000)+" not found within authorized project")})
	add("slashes at the start", question{target: "//api/public/traces/x", status: 404, body: class("LangfuseNotFoundError", "Trace x not found within authorized project")})

	for name, c := range map[string]struct{ header, message string }{
		"nothing":                 {"", "No authorization header"},
		"a blank":                 {" ", "No authorization header"},
		"a scheme alone":          {"Basic", "Invalid authorization header"},
		"a scheme and a blank":    {"Basic ", "Invalid authorization header"},
		"lower case":              {"basic eDp5", "Invalid authorization header"},
		"another scheme":          {"Digest username=x", "Invalid authorization header"},
		"a tab":                   {"Basic\teDp5", "Invalid authorization header"},
		"no base64":               {"Basic !!!", "Invalid authorization header. Confirm that you've configured the correct host."},
		"no colon":                {"Basic eHh4", "Invalid authorization header. Confirm that you've configured the correct host."},
		"no secret":               {"Basic " + base64.StdEncoding.EncodeToString([]byte(fusebox.PublicKey+":")), "Invalid authorization header. Confirm that you've configured the correct host."},
		"no public key":           {"Basic " + base64.StdEncoding.EncodeToString([]byte(":"+fusebox.SecretKey)), "Invalid authorization header. Confirm that you've configured the correct host."},
		"two schemes":             {"Basic Basic eDp5", "Invalid authorization header. Confirm that you've configured the correct host."},
		"no such pair":            {"Basic eDp5", "Invalid credentials. Confirm that you've configured the correct host."},
		"halves swapped":          {"Basic " + base64.StdEncoding.EncodeToString([]byte(fusebox.SecretKey+":"+fusebox.PublicKey)), "Invalid credentials. Confirm that you've configured the correct host."},
		"public key twice":        {"Basic " + base64.StdEncoding.EncodeToString([]byte(fusebox.PublicKey+":"+fusebox.PublicKey)), "Invalid credentials. Confirm that you've configured the correct host."},
		"secret in capitals":      {"Basic " + base64.StdEncoding.EncodeToString([]byte(fusebox.PublicKey+":"+strings.ToUpper(fusebox.SecretKey))), "Invalid credentials. Confirm that you've configured the correct host."},
		"a blank behind":          {"Basic " + base64.StdEncoding.EncodeToString([]byte(fusebox.PublicKey+":"+fusebox.SecretKey+" ")), "Invalid credentials. Confirm that you've configured the correct host."},
		"NUL in it":               {"Basic " + base64.StdEncoding.EncodeToString([]byte(fusebox.PublicKey+"\x00:"+fusebox.SecretKey)), "Invalid credentials. Confirm that you've configured the correct host."},
		"SQL in it":               {"Basic " + base64.StdEncoding.EncodeToString([]byte("' OR 1=1 --:x")), "Invalid credentials. Confirm that you've configured the correct host."},
		"bytes that are no text":  {"Basic " + base64.StdEncoding.EncodeToString([]byte("\xff\xfe:\xff")), "Invalid credentials. Confirm that you've configured the correct host."},
		"a pair of a mile":        {"Basic " + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("p", 20_000)+":"+strings.Repeat("s", 20_000))), "Invalid credentials. Confirm that you've configured the correct host."},
		"Bearer and nothing":      {"Bearer ", "Invalid authorization header"},
		"Bearer and the secret":   {"Bearer " + fusebox.SecretKey, "Invalid public key. Confirm that you've configured the correct host."},
		"Bearer and another key":  {"Bearer pk-lf-x", "Invalid public key. Confirm that you've configured the correct host."},
		"Bearer and the pair":     {"Bearer " + fusebox.PublicKey + ":" + fusebox.SecretKey, "Invalid public key. Confirm that you've configured the correct host."},
		"Bearer in other letters": {"bearer " + fusebox.PublicKey, "Invalid authorization header"},
	} {
		for _, target := range []string{traces + "?limit=0", "/api/public/projects", observations + "/x"} {
			add("key: "+name+" for "+target, question{target: target, header: []string{"Authorization: " + c.header}, status: 401, body: fmt.Sprintf(`{"message":%s}`, quote(c.message))})
		}
	}
	for _, target := range []string{traces, traces + "/x", observations, v2, "/api/public/projects", "/api/v1/traces/a/observations/b"} {
		add("public key alone for "+target, question{target: target, header: []string{"Authorization: Bearer " + fusebox.PublicKey}, status: 403, body: `{"message":"Access denied - insufficient permissions for this endpoint"}`})
	}
	return list
}

func oneOf(name string, words ...string) string {
	quoted := `"` + strings.Join(words, `","`) + `"`
	return issue(`{"code":"invalid_value","path":[%q],"message":"Invalid option: expected one of %s","values":[%s]}`, name,
		strings.ReplaceAll(strings.ReplaceAll(quoted, ",", "|"), `"`, `\"`), quoted)
}

// TestCrossOrigin asks as browsers do for pages of other origins.
func TestCrossOrigin(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	for _, target := range []string{"/api/public/traces", "/api/public/traces/x", "/v1/traces", "/api/public/health", "/api/public/otel/v1/traces"} {
		a := send(t, v.Server, http.MethodOptions, target, nil, "Authorization: ", "Origin: https://page.example", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,x-any-header")
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin": "https://page.example", "Access-Control-Allow-Headers": "authorization,x-any-header",
			"Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE", "Access-Control-Allow-Credentials": "", "Vary": "Origin, Access-Control-Request-Headers",
		} {
			if got := strings.Join(a.Header.Values(name), ", "); got != want {
				t.Errorf("%s: %s is %q, want %q", target, name, got, want)
			}
		}
		if a.Status != http.StatusNoContent || a.Body != "" {
			t.Errorf("%s: %d %s", target, a.Status, a.Body)
		}
	}
	for target, status := range map[string]int{"/api/public/traces": 200, "/api/public/traces/x": 404, "/api/public/traces?limit=0": 400, "/nowhere": 404} {
		a := send(t, v.Server, http.MethodGet, target, nil, "Origin: null")
		if a.Status != status || a.Header.Get("Access-Control-Allow-Origin") != "null" || a.Header.Get("Access-Control-Allow-Credentials") != "" || a.Header.Get("Vary") != "Origin" {
			t.Errorf("%s: %d %v", target, a.Status, a.Header)
		}
	}
	if a := send(t, v.Server, http.MethodOptions, "/nowhere", nil, "Origin: https://page.example"); a.Status != http.StatusNotFound {
		t.Errorf("preflight of nothing: %d", a.Status)
	}
	v.unharmed(t)
}
