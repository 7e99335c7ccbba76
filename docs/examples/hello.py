from langfuse import get_client, propagate_attributes

langfuse = get_client()
with langfuse.start_as_current_observation(name="answer-question", input="How tall is the Eiffel tower?") as root:
    with propagate_attributes(user_id="ada", session_id="s-1", tags=["demo"]):
        with langfuse.start_as_current_observation(as_type="generation", name="llm", model="gpt-4.1-mini") as call:
            call.update(output="330 m", usage_details={"input": 12, "output": 4}, cost_details={"total": 0.0000112})
    root.update(output="330 m")
langfuse.flush()
trace = langfuse.api.trace.get(root.trace_id)
print(trace.name, trace.user_id, trace.tags, trace.output, trace.total_cost, [o.name for o in trace.observations])
