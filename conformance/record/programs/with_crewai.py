"""CrewAI, seen by OpenInference and by OpenLLMetry, each with its instrumentation of
the client that the models are called by."""

import recording
from recording import CHAT_MODEL, FRAMEWORK, OPENAI, QUESTION, SYSTEM

tracing = recording.tracer_provider()

from crewai import LLM, Agent, Crew, Task  # noqa: E402
from crewai.flow.flow import Flow, listen, start  # noqa: E402
from crewai.tools import tool  # noqa: E402

if FRAMEWORK.startswith("openinference-"):
    from openinference.instrumentation.crewai import CrewAIInstrumentor
    from openinference.instrumentation.openai import OpenAIInstrumentor
else:
    from opentelemetry.instrumentation.crewai import CrewAIInstrumentor
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor
CrewAIInstrumentor().instrument(tracer_provider=tracing)
OpenAIInstrumentor().instrument(tracer_provider=tracing)


@tool(recording.TOOL_NAME)
def get_weather(city: str) -> str:
    """Get the weather of a city."""
    return recording.get_weather(city)


def crew(*tools):
    model = LLM(model=f"openai/{CHAT_MODEL}", base_url=OPENAI, api_key="sk-record", temperature=0.3, max_tokens=77, max_retries=0)
    reporter = Agent(role="weather reporter", goal="Report the weather.", backstory=SYSTEM, llm=model, tools=list(tools), max_iter=3)
    task = Task(name="report", description=QUESTION, expected_output="One sentence.", agent=reporter)
    return Crew(name="weather-crew", agents=[reporter], tasks=[task], share_crew=False)


def chat():
    crew().kickoff()


def tools():
    crew(get_weather).kickoff()


class Report(Flow):
    """Two steps, the second with a crew."""

    @start()
    def city(self):
        return "Paris"

    @listen(city)
    def report(self, city):
        return crew().kickoff().raw


def flow():
    Report().kickoff()


recording.run({case.__name__: case for case in (chat, tools, flow)})
