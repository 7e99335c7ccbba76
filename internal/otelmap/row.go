package otelmap

// Convention names the instrumentation or standard that a row serves.
type Convention string

// The conventions that rows belong to.
const (
	Generic       Convention = "generic" // OTLP itself, or plain names that many use
	Langfuse      Convention = "langfuse"
	GenAI         Convention = "gen_ai" // OpenTelemetry GenAI, all generations
	OpenInference Convention = "openinference"
	Traceloop     Convention = "traceloop"
	VercelAI      Convention = "vercel_ai"
	Genkit        Convention = "genkit"
	Logfire       Convention = "logfire"
	PydanticAI    Convention = "pydantic_ai"
	MLflow        Convention = "mlflow"
	GoogleADK     Convention = "google_adk"
	LiveKit       Convention = "livekit"
	Flue          Convention = "flue"
	OpenRouter    Convention = "openrouter"
)

// Row is what every row of every table has.
type Row struct {
	// Name is unique over all tables: the table, a slash, and what is special
	// about the row.
	Name       string
	Convention Convention
}

func (r Row) rowName() string { return r.Name }

// Test is what a value must be for a row to apply.
type Test uint8

// The tests, from the weakest to the strictest.
const (
	Exists  Test = iota // the key is there, whatever its value
	Present             // not null; "", 0 and false are present
	Truthy              // not null, "", 0, NaN or false; [] and {} are truthy
)

// Place is where a row looks.
type Place uint8

// The places.
const (
	OnSpan        Place = iota // the attributes of the span
	OnResource                 // the attributes of its resource
	SpanName                   // the name of the span; Key is empty
	StatusMessage              // the message of its status; Key is empty
)

// KeyRow takes a value from one attribute.
type KeyRow struct {
	Row
	Place Place
	Key   string
	Test  Test
}

func onSpan(table string, c Convention, test Test, key string) KeyRow {
	return KeyRow{Row: Row{table + "/" + key, c}, Place: OnSpan, Key: key, Test: test}
}

func onResource(table string, c Convention, test Test, key string) KeyRow {
	return KeyRow{Row: Row{table + "/resource/" + key, c}, Place: OnResource, Key: key, Test: test}
}
