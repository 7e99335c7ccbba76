"""smolagents, seen by OpenInference."""

from openinference.instrumentation.smolagents import SmolagentsInstrumentor

import recording
from recording import CHAT_MODEL, OPENAI, QUESTION

SmolagentsInstrumentor().instrument(tracer_provider=recording.tracer_provider())

from smolagents import CodeAgent, OpenAIModel, ToolCallingAgent, tool  # noqa: E402


@tool
def get_weather(city: str) -> str:
    """Get the weather of a city.

    Args:
        city: Name of the city
    """
    return recording.get_weather(city)


def model():
    return OpenAIModel(model_id=CHAT_MODEL, api_base=OPENAI, api_key="sk-record", temperature=0.3, max_tokens=77, client_kwargs={"max_retries": 0})


def chat():
    model()([{"role": "user", "content": [{"type": "text", "text": QUESTION}]}])


def stream():
    for _ in model().generate_stream([{"role": "user", "content": [{"type": "text", "text": QUESTION}]}]):
        pass


def tools():
    # Left with the answer of its tool the model answers in words, which is no call
    # of "final_answer", so the last step is the agent's own.
    ToolCallingAgent(name="weather_agent", tools=[get_weather], model=model(), max_steps=2, verbosity_level=0).run(QUESTION)


def code():
    program = "Answer exactly: Thought: I look.\\n<code>\\nfinal_answer(get_weather(city='Paris'))\\n</code>"
    CodeAgent(name="weather_agent", tools=[get_weather], model=model(), max_steps=2, verbosity_level=0).run(f"{QUESTION}\n{program}")


recording.run({case.__name__: case for case in (chat, stream, tools, code)})
