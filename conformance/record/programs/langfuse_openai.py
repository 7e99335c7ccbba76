"""Langfuse's own wrapper of OpenAI's client."""

import recording

from langfuse import get_client
from langfuse.openai import OpenAI

import openai_calls

recording.run(openai_calls.cases(OpenAI))
get_client().flush()
get_client().shutdown()
