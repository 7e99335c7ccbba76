"""LangChain and LangGraph, seen by OpenInference, by OpenLLMetry and by the callback of
the Langfuse SDK: the framework's name says which, the case what is run."""

from typing import Annotated, TypedDict

from langchain.agents import create_agent
from langchain_anthropic import ChatAnthropic
from langchain_core.documents import Document
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough
from langchain_core.tools import tool
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.prebuilt import ToolNode, tools_condition
from pydantic import BaseModel, Field

import recording
from recording import CHAT_MODEL, EMBED_MODEL, FRAMEWORK, QUESTION, SYSTEM

CLIENT = {"base_url": recording.OPENAI, "api_key": "sk-record"}


def callbacks():
    """Starts the instrumentation; what it wants in each run's config, and the flush."""
    if FRAMEWORK.startswith("langfuse-"):
        from langfuse import get_client
        from langfuse.langchain import CallbackHandler

        return [CallbackHandler()], get_client().flush
    provider = recording.tracer_provider()
    if FRAMEWORK.startswith("openinference-"):
        from openinference.instrumentation.langchain import LangChainInstrumentor
    else:
        from opentelemetry.instrumentation.langchain import LangchainInstrumentor as LangChainInstrumentor
    LangChainInstrumentor().instrument(tracer_provider=provider)
    return [], provider.force_flush


def chat_model(model=CHAT_MODEL, **options):
    return ChatOpenAI(model=model, temperature=0.2, max_tokens=200, max_retries=0, **CLIENT, **options)


class Weather(BaseModel):
    """The weather in a city."""

    city: str = Field(description="the city's name")
    temperature: int = Field(description="degrees")


get_weather = tool(recording.get_weather)
PROMPT = ChatPromptTemplate.from_messages([("system", SYSTEM), ("user", "{question}")])
ASKED = {"messages": [HumanMessage(QUESTION)]}


def chat(config):
    chain = PROMPT | chat_model() | StrOutputParser()
    return chain.invoke({"question": QUESTION}, {**config, "run_name": "weather-chain"})


def stream(config):
    chain = PROMPT | chat_model(stream_usage=True) | StrOutputParser()
    return "".join(chain.stream({"question": QUESTION}, {**config, "run_name": "weather-chain"}))


def claude():
    return ChatAnthropic(model=recording.CLAUDE, base_url=recording.ANTHROPIC, api_key="sk-record", max_tokens=200, max_retries=0)


def anthropic(config):
    (PROMPT | claude()).invoke({"question": QUESTION}, config)


def anthropic_stream(config):
    for _ in (PROMPT | claude()).stream({"question": QUESTION}, config):
        pass


def gemini(config):
    model = ChatGoogleGenerativeAI(model=recording.GEMINI_MODEL, base_url=recording.GEMINI, api_key="record", max_retries=0)
    (PROMPT | model).invoke({"question": QUESTION}, config)


def responses(config):
    messages = [SystemMessage(SYSTEM), HumanMessage(QUESTION)]
    return chat_model(use_responses_api=True).invoke(messages, config)


def structured(config):
    model = chat_model("gpt-4o").with_structured_output(Weather, method="json_schema")
    return model.invoke(QUESTION, config)


def tools(config):
    model = chat_model().bind_tools([get_weather])
    messages = [HumanMessage(QUESTION)]
    answer = model.invoke(messages, config)
    messages.append(answer)
    for call in answer.tool_calls:
        messages.append(ToolMessage(get_weather.invoke(call["args"], config), tool_call_id=call["id"]))
    return model.invoke(messages, config)


def agent(config):
    weather = create_agent(chat_model(), [get_weather], system_prompt=SYSTEM, name="weather-agent")
    return weather.invoke(ASKED, config)


def rag(config):
    embeddings = OpenAIEmbeddings(model=EMBED_MODEL, check_embedding_ctx_length=False, **CLIENT)
    store = InMemoryVectorStore(embeddings)
    store.add_documents([Document(text, metadata={"source": "almanac"}) for text in recording.TEXTS])
    retriever = store.as_retriever(search_kwargs={"k": 2})
    prompt = ChatPromptTemplate.from_template("Use this: {context}\nQuestion: {question}")
    chain = {"context": retriever, "question": RunnablePassthrough()} | prompt | chat_model() | StrOutputParser()
    return chain.invoke(QUESTION, config)


class State(TypedDict):
    messages: Annotated[list, add_messages]


def graph_of():
    model = chat_model(stream_usage=True).bind_tools([get_weather])

    def answer(state: State, config):
        return {"messages": [model.invoke(state["messages"], config)]}

    graph = StateGraph(State)
    graph.add_node("answer", answer)
    graph.add_node("tools", ToolNode([get_weather]))
    graph.add_edge(START, "answer")
    graph.add_conditional_edges("answer", tools_condition, {"tools": "tools", END: END})
    graph.add_edge("tools", "answer")
    return graph.compile(name="weather-graph")


def graph(config):
    return graph_of().invoke(ASKED, config)


def graph_stream(config):
    return list(graph_of().stream(ASKED, config, stream_mode="messages"))


def failing(config):
    def refuse(state: State):
        raise ValueError("no weather today")

    graph = StateGraph(State)
    graph.add_node("refuse", refuse)
    graph.add_edge(START, "refuse")
    try:
        graph.compile(name="failing-graph").invoke(ASKED, config)
    except ValueError:
        return


handlers, flush = callbacks()
config = {
    "callbacks": handlers,
    "tags": ["recorded"],
    "metadata": {"session_id": "session-1", "user_id": "user-1", "langfuse_session_id": "session-1", "langfuse_user_id": "user-1", "langfuse_tags": ["recorded"]},
}
cases = (chat, stream, anthropic, anthropic_stream, gemini, responses, structured, tools, agent, rag, graph, graph_stream, failing)
recording.run({case.__name__.replace("_", "-"): lambda case=case: case(config) for case in cases})
flush()
