"""LlamaIndex, seen by OpenInference and by OpenLLMetry. The latter leaves the calls of
models to the instrumentation of the model's own client, so that one is there too."""

import asyncio

import recording
from recording import CHAT_MODEL, EMBED_MODEL, FRAMEWORK, QUESTION, SYSTEM, TEXTS, get_weather

tracing = recording.tracer_provider()
if FRAMEWORK.startswith("openinference-"):
    from openinference.instrumentation.llama_index import LlamaIndexInstrumentor
else:
    from opentelemetry.instrumentation.llamaindex import LlamaIndexInstrumentor
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=tracing)
LlamaIndexInstrumentor().instrument(tracer_provider=tracing)

from llama_index.core import Document, VectorStoreIndex  # noqa: E402
from llama_index.core.agent.workflow import FunctionAgent  # noqa: E402
from llama_index.core.llms import ChatMessage  # noqa: E402
from llama_index.core.prompts import PromptTemplate  # noqa: E402
from llama_index.embeddings.openai import OpenAIEmbedding  # noqa: E402
from llama_index.llms.anthropic import Anthropic  # noqa: E402
from llama_index.llms.google_genai import GoogleGenAI  # noqa: E402
from llama_index.llms.openai import OpenAI, OpenAIResponses  # noqa: E402
from pydantic import BaseModel  # noqa: E402

CLIENT = {"api_base": recording.OPENAI, "api_key": "sk-record", "max_retries": 0}
MESSAGES = [ChatMessage(role="system", content=SYSTEM), ChatMessage(role="user", content=QUESTION)]


class Weather(BaseModel):
    """The weather in a city."""

    city: str
    temperature: int


def model(**options):
    return OpenAI(model=CHAT_MODEL, temperature=0.2, max_tokens=200, **CLIENT, **options)


def chat():
    model().chat(MESSAGES)


def stream():
    for _ in model(additional_kwargs={"stream_options": {"include_usage": True}}).stream_chat(MESSAGES):
        pass


def responses():
    OpenAIResponses(model=CHAT_MODEL, **CLIENT).chat(MESSAGES)


def anthropic():
    Anthropic(model=recording.CLAUDE, base_url=recording.ANTHROPIC, api_key="sk-record", max_tokens=200, max_retries=0).chat(MESSAGES)


def gemini():
    GoogleGenAI(model=recording.GEMINI_MODEL, api_key="record", http_options={"base_url": recording.GEMINI}, max_retries=0).chat(MESSAGES)


def structured():
    model().structured_predict(Weather, PromptTemplate("What is the weather in {city}?"), city="Paris")


def embeddings():
    OpenAIEmbedding(model=EMBED_MODEL, **CLIENT).get_text_embedding(QUESTION)


def rag():
    vectors = OpenAIEmbedding(model=EMBED_MODEL, **CLIENT)
    documents = [Document(text=TEXTS[0], doc_id="almanac-1", metadata={"source": "almanac"})]
    index = VectorStoreIndex.from_documents(documents, embed_model=vectors)
    index.as_query_engine(llm=model()).query(QUESTION)


def agent():
    async def run():
        weather = FunctionAgent(name="weather-agent", tools=[get_weather], llm=model(), system_prompt=SYSTEM, streaming=False)
        return await weather.run(QUESTION)

    asyncio.run(run())


recording.run({case.__name__: case for case in (chat, stream, responses, anthropic, gemini, structured, embeddings, rag, agent)})
