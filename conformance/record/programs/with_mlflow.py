"""MLflow's tracing of the clients of OpenAI, Anthropic and Google, and by hand, exported
by OTLP."""

import anthropic
import mlflow
import openai

import anthropic_calls
import gemini_calls
import openai_calls
import recording
from recording import FRAMEWORK, QUESTION, get_weather


@mlflow.trace(span_type="AGENT", attributes={"city": "Paris"})
def weather_agent(question):
    """Spans by hand around a call that MLflow traces itself."""
    mlflow.update_current_trace(tags={"mood": "sunny"}, metadata={"mlflow.trace.session": "session-1", "mlflow.trace.user": "user-1"})
    with mlflow.start_span("look", span_type="TOOL") as span:
        span.set_inputs({"city": "Paris"})
        span.set_outputs(get_weather("Paris"))
    with mlflow.start_span("find", span_type="RETRIEVER") as span:
        span.set_inputs(question)
        span.set_outputs([{"page_content": text, "metadata": {}} for text in recording.TEXTS])
    cases["chat"]()
    return "sunny"


if FRAMEWORK.startswith("mlflow-anthropic"):
    mlflow.anthropic.autolog()
    cases = anthropic_calls.cases(anthropic.Anthropic)
elif FRAMEWORK.startswith("mlflow-gemini"):
    mlflow.gemini.autolog()
    cases = gemini_calls.cases()
else:
    mlflow.openai.autolog()
    cases = openai_calls.cases(openai.OpenAI)
recording.run({**cases, "agent": lambda: weather_agent(QUESTION)})
mlflow.flush_trace_async_logging()
