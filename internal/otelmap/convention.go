package otelmap

// Convention names the instrumentation or standard that a row serves.
type Convention string

// The conventions that rows belong to. Those without rows of their own are in the
// list of [Conventions] under names of their own.
const (
	Generic       Convention = "generic" // OTLP itself, or plain names that many use
	Langfuse      Convention = "langfuse"
	GenAI         Convention = "gen_ai" // OpenTelemetry GenAI, all generations
	OpenInference Convention = "openinference"
	Traceloop     Convention = "traceloop"
	VercelAI      Convention = "vercel_ai"
	AnthropicSDK  Convention = "anthropic_sdk"
	Genkit        Convention = "genkit"
	Logfire       Convention = "logfire"
	PydanticAI    Convention = "pydantic_ai"
	MLflow        Convention = "mlflow"
	GoogleADK     Convention = "google_adk"
	LiveKit       Convention = "livekit"
	Flue          Convention = "flue"
	OpenRouter    Convention = "openrouter"
	Haystack      Convention = "haystack"
	SmolAgents    Convention = "smolagents"
	LiteLLM       Convention = "litellm"
)

// About describes a convention for a reader.
type About struct {
	Convention Convention
	Title      string
	// Description is one sentence on what it is and what it sends.
	Description string
	// Recognised says by what its spans are told from others.
	Recognised string
	// ReadBy names the conventions whose rows read it, where it has none or few of
	// its own.
	ReadBy []Convention
}

// convention is a convention with its part of every table.
type convention struct {
	About
	rows Rules
}

// Conventions returns what is known of every convention, those with rows of their
// own first.
func Conventions() []About {
	var out []About
	for _, c := range conventions() {
		out = append(out, c.About)
	}
	return append(out, readByOthers()...)
}

// conventions lists every convention that has rows.
func conventions() []convention {
	return []convention{
		langfuse(), genAI(), openInference(), traceloop(), vercelAI(), pydanticAI(), logfire(), liveKit(), googleADK(),
		genkit(), mlflow(), flue(), anthropicSDK(), openRouter(), haystack(), smolAgents(), liteLLM(),
		generic(),
	}
}
