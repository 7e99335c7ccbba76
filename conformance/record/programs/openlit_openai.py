"""OpenLIT's instrumentation of OpenAI's client."""

import os

import recording

import openlit

openlit.init(
    otlp_endpoint=os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"],
    application_name="record",
    environment="recorded",
    disable_batch=True,  # nothing is left behind when the program ends
    disable_metrics=True,
)

from openai import OpenAI

import openai_calls

recording.run(openai_calls.cases(OpenAI))
