"""Haystack with its own spans, and seen by OpenInference and by OpenLLMetry."""

from haystack import Document, Pipeline
from haystack.components.agents import Agent
from haystack.components.builders import ChatPromptBuilder
from haystack.components.embedders import OpenAIDocumentEmbedder, OpenAITextEmbedder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.dataclasses import ChatMessage
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.tools import create_tool_from_function
from haystack.utils import Secret

import recording
from recording import CHAT_MODEL, EMBED_MODEL, FRAMEWORK, OPENAI, QUESTION, SYSTEM, TEXTS, get_weather


tracing = recording.tracer_provider()
if FRAMEWORK.startswith("openinference-"):
    from openinference.instrumentation.haystack import HaystackInstrumentor

    HaystackInstrumentor().instrument(tracer_provider=tracing)
elif FRAMEWORK.startswith("openllmetry-"):
    from opentelemetry.instrumentation.haystack import HaystackInstrumentor
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    HaystackInstrumentor().instrument(tracer_provider=tracing)
    OpenAIInstrumentor().instrument(tracer_provider=tracing)
else:
    from haystack.tracing import enable_tracing

    try:  # of its own from version 3
        from haystack_integrations.tracing.opentelemetry import OpenTelemetryTracer
    except ImportError:
        from haystack.tracing import OpenTelemetryTracer

    enable_tracing(OpenTelemetryTracer(tracing.get_tracer("haystack")))

CLIENT = {"api_base_url": OPENAI, "api_key": Secret.from_token("sk-record"), "max_retries": 0}
SAMPLING = {"temperature": 0.3, "max_completion_tokens": 77}


def model(sampling=SAMPLING, **options):
    return OpenAIChatGenerator(model=CHAT_MODEL, generation_kwargs=sampling, **CLIENT, **options)


def prompted(*more):
    messages = [ChatMessage.from_system(SYSTEM), ChatMessage.from_user("{{ question }}"), *more]
    return ChatPromptBuilder(template=messages, required_variables=["question"])


def chat(**options):
    pipeline = Pipeline()
    pipeline.add_component("prompt", prompted())
    pipeline.add_component("model", model(**options))
    pipeline.connect("prompt.prompt", "model.messages")
    pipeline.run({"prompt": {"question": QUESTION}})


def stream():
    chat(sampling={**SAMPLING, "stream_options": {"include_usage": True}}, streaming_callback=lambda chunk: None)


def rag():
    store = InMemoryDocumentStore()
    documents = [Document(id=f"almanac-{n}", content=text) for n, text in enumerate(TEXTS)]
    store.write_documents(OpenAIDocumentEmbedder(model=EMBED_MODEL, progress_bar=False, **CLIENT).run(documents)["documents"])
    pipeline = Pipeline()
    pipeline.add_component("embedder", OpenAITextEmbedder(model=EMBED_MODEL, **CLIENT))
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store))
    pipeline.add_component("prompt", prompted(ChatMessage.from_user("{% for d in documents %}{{ d.content }}. {% endfor %}")))
    pipeline.add_component("model", model())
    pipeline.connect("embedder.embedding", "retriever.query_embedding")
    pipeline.connect("retriever.documents", "prompt.documents")
    pipeline.connect("prompt.prompt", "model.messages")
    pipeline.run({"embedder": {"text": QUESTION}, "prompt": {"question": QUESTION}})


def agent():
    weather = Agent(chat_generator=model(), tools=[create_tool_from_function(get_weather)], system_prompt=SYSTEM)
    pipeline = Pipeline()
    pipeline.add_component("agent", weather)
    pipeline.run({"agent": {"messages": [ChatMessage.from_user(QUESTION)]}})


recording.run({case.__name__: case for case in (chat, stream, rag, agent)})
