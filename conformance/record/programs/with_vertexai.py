"""Vertex AI's own client, seen by OpenInference and by OpenLLMetry."""

import recording
from recording import FRAMEWORK, GEMINI, GEMINI_MODEL, QUESTION, SYSTEM, get_weather

tracing = recording.tracer_provider()
if FRAMEWORK.startswith("openinference-"):
    from openinference.instrumentation.vertexai import VertexAIInstrumentor
else:
    from opentelemetry.instrumentation.vertexai import VertexAIInstrumentor
VertexAIInstrumentor().instrument(tracer_provider=tracing)

import vertexai  # noqa: E402
from google.auth.credentials import AnonymousCredentials  # noqa: E402
from vertexai.generative_models import FunctionDeclaration, GenerationConfig, GenerativeModel, Part, Tool  # noqa: E402

# By REST, to the provider's address instead of the region's.
vertexai.init(project="record", location="us-central1", api_endpoint=GEMINI, api_transport="rest", credentials=AnonymousCredentials())
CONFIG = GenerationConfig(temperature=0.3, max_output_tokens=77)


def model(**options):
    return GenerativeModel(GEMINI_MODEL, system_instruction=SYSTEM, generation_config=CONFIG, **options)


def chat():
    model().generate_content(QUESTION)


def stream():
    for _ in model().generate_content(QUESTION, stream=True):
        pass


def tools():
    declaration = FunctionDeclaration(name=recording.TOOL_NAME, description=recording.TOOL_DESCRIPTION, parameters=recording.TOOL_SCHEMA)
    talk = model(tools=[Tool(function_declarations=[declaration])]).start_chat()
    call = talk.send_message(QUESTION).candidates[0].function_calls[0]
    talk.send_message(Part.from_function_response(name=call.name, response={"weather": get_weather(**call.args)}))


recording.run({case.__name__: case for case in (chat, stream, tools)})
