"""The clients of OpenAI and Anthropic and the OpenAI Agents SDK through Logfire, which sends to any OTLP
endpoint and not to its own service."""

import agents
import anthropic
import logfire
import openai

import anthropic_calls
import openai_agents_calls
import openai_calls
import recording
from recording import FRAMEWORK

logfire.configure(send_to_logfire=False, service_name="record", console=False, inspect_arguments=False)
if FRAMEWORK == "logfire-openai":
    logfire.instrument_openai()
    recording.run(openai_calls.cases(openai.OpenAI))
elif FRAMEWORK == "logfire-anthropic":
    logfire.instrument_anthropic()
    recording.run(anthropic_calls.cases(anthropic.Anthropic))
else:
    agents.set_trace_processors([])  # its own goes to the model's provider
    logfire.instrument_openai_agents()
    recording.run(openai_agents_calls.cases())
logfire.force_flush()
