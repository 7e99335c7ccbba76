package otelmap

// readByOthers lists what is sent by frameworks and tools that need no row of
// their own, and by which conventions it is read.
func readByOthers() []About {
	about := func(id Convention, title, description, recognised string, by ...Convention) About {
		return About{Convention: id, Title: title, Description: description, Recognised: recognised, ReadBy: by}
	}
	return []About{
		about("langchain", "LangChain", "Through the callback of a Langfuse SDK, OpenInference or OpenLLMetry.", "by whichever instruments it", Langfuse, OpenInference, Traceloop),
		about("langgraph", "LangGraph", "As LangChain; node and step stay in the metadata.", "by whichever instruments it", Langfuse, OpenInference, Traceloop),
		about("llamaindex", "LlamaIndex", "Through OpenInference or OpenLLMetry.", "by whichever instruments it", OpenInference, Traceloop),
		about("crewai", "CrewAI", "Through OpenInference or OpenLLMetry.", "by whichever instruments it", OpenInference, Traceloop),
		about("agno", "Agno", "Through OpenInference.", "`openinference.span.kind`", OpenInference),
		about("beeai", "BeeAI", "Through OpenInference.", "`openinference.span.kind`", OpenInference),
		about("dspy", "DSPy", "Through OpenInference.", "`openinference.span.kind`", OpenInference),
		about("openai_agents", "OpenAI Agents SDK", "Through OpenInference, Logfire or the GenAI conventions.", "by whichever instruments it", OpenInference, Logfire, GenAI),
		about("semantic_kernel", "Semantic Kernel", "GenAI attributes, with messages as span events.", "span events `gen_ai.content.prompt`, `gen_ai.content.completion`", GenAI),
		about("strands", "Strands Agents", "GenAI attributes, with messages as span events.", "span events that begin with `gen_ai.`", GenAI),
		about("autogen", "AutoGen", "GenAI attributes, or OpenInference.", "by whichever instruments it", GenAI, OpenInference),
		about("mastra", "Mastra", "Its OpenTelemetry exporter writes GenAI attributes, and plain names for input and output.", "attributes that begin with `mastra.`", GenAI, Generic),
		about("spring_ai", "Spring AI", "GenAI attributes.", "attributes that begin with `gen_ai.`", GenAI),
		about("pipecat", "Pipecat", "Plain names for input and output beside GenAI attributes.", "`input`, `output`", Generic, GenAI),
	}
}
