"""Spans sent past the client: by OpenTelemetry's own exporter, with the project's keys,
as an application without the client sends them.

It can say what the client's provider cannot: any resource, any scope, an exact end,
and the same span a second time.
"""

import base64
import os
import random

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from written import Obs


class Exporter:
    """Sends spans and notes what they must become."""

    def __init__(self, written):
        self.written = written
        keys = f"{os.environ['LANGFUSE_PUBLIC_KEY']}:{os.environ['LANGFUSE_SECRET_KEY']}"
        self.exporter = OTLPSpanExporter(
            endpoint=os.environ["LANGFUSE_BASE_URL"] + "/api/public/otel/v1/traces",
            headers={"Authorization": "Basic " + base64.b64encode(keys.encode()).decode()},
            timeout=60,
        )

    def send(self, spans):
        """One request; it has been answered when send returns."""
        if self.exporter.export(spans) is not SpanExportResult.SUCCESS:
            raise RuntimeError("the exporter could not send its spans")

    def span(self, ids, name, attributes, shown, times, scope, resource, becomes, events=(), status=None):
        """One span that is not sent yet. ids are those of the trace, the span and its parent
        (None without one), times start and end in nanoseconds; shown are its attributes in
        the metadata; becomes are the fields of its observation."""
        trace_id, span_id, parent_id = ids
        start, end = times
        place = lambda id: SpanContext(trace_id, id, True, TraceFlags(1))
        span = ReadableSpan(
            name=name,
            context=place(span_id),
            parent=place(parent_id) if parent_id else None,
            resource=Resource(resource),
            attributes=attributes,
            events=[Event(event, fields, timestamp=start) for event, fields in events],
            kind=SpanKind.INTERNAL,
            status=Status(StatusCode.ERROR, status) if status else Status(),
            start_time=start,
            end_time=end,
            instrumentation_scope=InstrumentationScope(*scope),
        )
        self.written.add(
            Obs(
                trace_id=f"{trace_id:032x}",
                id=f"{span_id:016x}",
                parent_id=f"{parent_id:016x}" if parent_id else None,
                start_ns=start,
                end_ns=end,
                order=len(self.written.records),
                resource=resource,
                scope=dict(zip(("name", "version"), scope)),
                attributes=shown,
                **{"name": name, **becomes},
            )
        )
        return span


def new_id(bits):
    """An id that is not zero."""
    return random.getrandbits(bits) | 1
