"""DSPy, seen by OpenInference: its instrumentation of DSPy and, for what the calls of
models took, that of LiteLLM, by which DSPy can make them."""

import json

from openinference.instrumentation.dspy import DSPyInstrumentor
from openinference.instrumentation.litellm import LiteLLMInstrumentor

import recording
from recording import CHAT_MODEL, EMBED_MODEL, OPENAI, QUESTION, TEXTS, get_weather

tracing = recording.tracer_provider()
DSPyInstrumentor().instrument(tracer_provider=tracing)
LiteLLMInstrumentor().instrument(tracer_provider=tracing)

import dspy  # noqa: E402



def model(**options):
    client = {"api_base": OPENAI, "api_key": "sk-record", "num_retries": 0}
    return dspy.LM(f"openai/{CHAT_MODEL}", temperature=0.3, max_tokens=77, cache=False, **client, **options)


# Answers in JSON, for which the provider is given a schema.
dspy.configure(lm=model(engine="litellm"), adapter=dspy.JSONAdapter())


class Report(dspy.Signature):
    """Report the weather."""

    question: str = dspy.InputField()
    city: str = dspy.OutputField()
    temperature: int = dspy.OutputField()


def chat():
    # Left to itself DSPy calls the provider without LiteLLM, and nothing is counted.
    model()(messages=recording.MESSAGES)


def predict():
    dspy.Predict(Report)(question=QUESTION)


def chain():
    dspy.ChainOfThought(Report)(question=QUESTION)


def agent():
    # Where any tool may be called DSPy has no schema to give.
    step = {"next_thought": "I look.", "next_tool_name": "get_weather", "next_tool_args": {"city": "Paris"}}
    dspy.ReAct(Report, tools=[get_weather], max_iters=1)(question=f"{QUESTION}\nAnswer exactly: {json.dumps(step)}")


def embeddings():
    dspy.Embedder(f"openai/{EMBED_MODEL}", api_base=OPENAI, api_key="sk-record", caching=False)(TEXTS)


recording.run({case.__name__: case for case in (chat, predict, chain, agent, embeddings)})
