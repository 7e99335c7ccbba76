package otelmap_test

import (
	"github.com/fusebox-llm/fusebox/internal/span"
)

func modelVectors() map[string]vector {
	const completion = "langfuse.observation.completion_start_time"
	const parameters = "langfuse.observation.model.parameters"
	generation := func(pairs ...any) string {
		return obj(append([]any{"langfuse.observation.type", "generation"}, pairs...)...)
	}
	v := map[string]vector{
		"no model":               {attrs: `{"model":"","llm.model_name":0}`, want: []string{"no model"}},
		"model that is no text":  {attrs: `{"model":{"a":1}}`, want: []string{`model: {"a":1}`}},
		"model as JSON":          {attrs: obj("mlflow.llm.model", ` "a\"b" `, "model", "m"), want: []string{`model: a"b`}},
		"request and response":   {scope: own, attrs: obj("gen_ai.request.model", "a", "gen_ai.response.model", "b"), want: []string{"model: b", "no model_parameters", `raw: {"attributes":{"gen_ai.request.model":"a"}}`}},
		"suppressed for agents":  {scope: own, attrs: obj("gen_ai.operation.name", "invoke_agent", "gen_ai.request.model", "m", "gen_ai.request.top_p", 1, "gen_ai.usage.input_tokens", 5, "gen_ai.usage.cost", 1), want: []string{"type: AGENT", "no model", "no usage", "no cost", `model_parameters: {"top_p":1}`, `raw: {"attributes":{"gen_ai.operation.name":"invoke_agent","gen_ai.request.model":"m","gen_ai.usage.input_tokens":5,"gen_ai.usage.cost":1}}`}},
		"suppressed for steps":   {attrs: obj("gen_ai.operation.name", "agent_step", "gen_ai.request.model", "m"), want: []string{"type: GENERATION", "no model"}},
		"not for other spans":    {attrs: obj("gen_ai.operation.name", "create_agent", "gen_ai.request.model", "m"), want: []string{"type: AGENT", "model: m"}},
		"parameters":             {scope: own, attrs: obj(parameters, `{"b": 1.50, "a": "x", "c": [1, 2], "d": null, "e": true, "f":{"g": 1}}`), want: []string{`model_parameters: {"b":1.50,"a":"x","c":"[1,2]","d":"null","e":"true","f":"{\"g\":1}"}`, "no raw"}},
		"parameters come first":  {attrs: obj("llm.invocation_parameters", `{"b":2}`, parameters, `{"a":1}`), want: []string{`model_parameters: {"a":1}`}},
		"parameters as a map":    {attrs: `{"langfuse.observation.model.parameters":{"a":1,"b":"x","c":[1],"d":true,"e":null}}`, want: []string{`model_parameters: {"a":1,"b":"x","c":"[1]","d":"true","e":"null"}`}},
		"parameters as a list":   {scope: own, attrs: obj(parameters, `[1]`), want: []string{"no model_parameters", `raw: {"attributes":{"langfuse.observation.model.parameters":"[1]"}}`}},
		"broken parameters":      {attrs: obj(parameters, `{"a":`, "llm.invocation_parameters", `{"b":2}`), want: []string{`model_parameters: {"b":2}`}},
		"empty parameters":       {attrs: obj(parameters, `{}`, "llm.invocation_parameters", `{"b":2}`), want: []string{`model_parameters: {"b":2}`}},
		"parameters of scope ai": {scope: "ai", attrs: obj(parameters, `{"a":1,"mode":"x"}`, "llm.invocation_parameters", `{"b":2}`), want: []string{`model_parameters: {"maxSteps":null,"toolChoice":null,"maxTokens":null,"finishReason":null,"system":null,"maxRetries":null,"mode":"x","temperature":null,"service_tier":null,"a":1}`}},
		"repeated parameters":    {scope: own, attrs: obj(parameters, `{"a":1,"a":2}`), want: []string{`model_parameters: {"a":2}`, `raw: {"attributes":{"langfuse.observation.model.parameters":"{\"a\":1,\"a\":2}"}}`}},
		"invocation parameters":  {attrs: obj("model_config", `{"c":3}`, "llm.invocation_parameters", `{"b":2}`), want: []string{`model_parameters: {"b":2}`}},
		"model config":           {attrs: obj("gen_ai.request.x", 1, "model_config", `{"c":3}`), want: []string{`model_parameters: {"c":3}`}},
		"request attributes":     {scope: own, attrs: obj("llm.invocation_parameters.b", "y", "gen_ai.request.a", 0.2, "gen_ai.request.model", "m", "gen_ai.request.stop", []string{"x"}, "llm.invocation_parameters.model", "n", "llm.invocation_parameters.a", 7), want: []string{`model_parameters: {"a":7,"stop":"[\"x\"]","b":"y"}`, `raw: {"attributes":{"gen_ai.request.a":0.2,"llm.invocation_parameters.model":"n"}}`}},
		"only gen_ai.request":    {attrs: obj("gen_ai.request.a", 1), want: []string{`model_parameters: {"a":1}`}},
		"only llm.invocation":    {attrs: obj("llm.invocation_parameters.a", 1), want: []string{`model_parameters: {"a":1}`}},

		"prompt":                  {scope: own, attrs: generation("langfuse.observation.prompt.name", "p", "langfuse.observation.prompt.version", 3, "langfuse.prompt.name", "q", "langfuse.prompt.version", 4), want: []string{"prompt: p 3", `raw: {"attributes":{"langfuse.prompt.name":"q","langfuse.prompt.version":4}}`}},
		"prompt of both scopes":   {scope: own, attrs: generation("langfuse.prompt.name", "p", "langfuse.prompt.version", "3"), want: []string{"prompt: p 3", "no raw"}},
		"prompt version 0":        {attrs: generation("langfuse.prompt.name", "p", "langfuse.observation.prompt.version", 0, "langfuse.prompt.version", 3), want: []string{"prompt: p 0"}},
		"prompt version 65535":    {attrs: generation("langfuse.prompt.name", "p", "langfuse.prompt.version", "65535"), want: []string{"prompt: p 65535"}},
		"prompt version 65536":    {scope: own, attrs: generation("langfuse.prompt.name", "p", "langfuse.prompt.version", 65536), want: []string{"prompt: p", `raw: {"attributes":{"langfuse.prompt.version":65536}}`}},
		"prompt version -1":       {attrs: generation("langfuse.prompt.name", "p", "langfuse.prompt.version", "-1"), want: []string{"prompt: p"}},
		"prompt version in words": {attrs: generation("langfuse.prompt.name", "p", "langfuse.prompt.version", "latest"), want: []string{"prompt: p"}},
		"prompt version prefix":   {scope: own, attrs: generation("langfuse.prompt.name", "p", "langfuse.prompt.version", "3rd"), want: []string{"prompt: p 3", `raw: {"attributes":{"langfuse.prompt.version":"3rd"}}`}},
		"prompt version 3.0":      {attrs: generation("langfuse.prompt.name", "p", "langfuse.prompt.version", 3.5), want: []string{"prompt: p"}},
		"prompt version true":     {attrs: generation("langfuse.prompt.name", "p", "langfuse.prompt.version", true), want: []string{"prompt: p"}},
		"prompt without a name":   {attrs: generation("langfuse.prompt.version", 3), want: []string{"no prompt"}},
		"prompt of a span":        {scope: own, attrs: obj("langfuse.observation.type", "tool", "langfuse.prompt.name", "p"), want: []string{"no prompt", `raw: {"attributes":{"langfuse.prompt.name":"p"}}`}},

		"completion start":         {scope: own, attrs: obj(completion, "2024-05-01T10:00:00.123456Z"), want: []string{"completion_start: 1714557600123456", "no raw"}},
		"completion start JSON":    {attrs: obj(completion, `"2024-05-01T12:00:00+02:00"`), want: []string{"completion_start: 1714557600000000"}},
		"completion start, space":  {attrs: obj(completion, "2024-05-01 10:00:00.5"), want: []string{"completion_start: 1714557600500000"}},
		"completion start, date":   {attrs: obj(completion, "2024-05-01"), want: []string{"completion_start: 1714521600000000"}},
		"completion start, bad":    {scope: own, attrs: obj(completion, "soon"), want: []string{"no completion_start", `raw: {"attributes":{"langfuse.observation.completion_start_time":"soon"}}`}},
		"completion start, broken": {attrs: obj(completion, `"2024-05-01`), want: []string{"no completion_start"}},
		"completion start, number": {attrs: obj(completion, 1714521600000), want: []string{"no completion_start"}},
		"completion start, first":  {attrs: obj("ai.response.msToFirstChunk", 1.2, completion, "2024-05-01"), want: []string{"completion_start: 1714521600000000"}},
		"completion start, else":   {attrs: obj(completion, "soon", "ai.response.msToFirstChunk", 1.2), want: []string{"completion_start: 2100"}},
		"first chunk":              {scope: own, attrs: obj("ai.stream.msToFirstChunk", 9, "ai.response.msToFirstChunk", "2"), want: []string{"completion_start: 2100", `raw: {"attributes":{"ai.stream.msToFirstChunk":9,"ai.response.msToFirstChunk":"2"}}`}},
		"first chunk of a stream":  {attrs: obj("ai.stream.msToFirstChunk", 0), want: []string{"completion_start: 100"}},
		"first chunk far away":     {attrs: obj("ai.stream.msToFirstChunk", 1e300), want: []string{"no completion_start"}},
		"first chunk in seconds":   {attrs: obj("gen_ai.client.operation.time_to_first_chunk", 2, "gen_ai.response.time_to_first_chunk", 0.0000015), want: []string{"completion_start: 102"}},
		"first chunk of a client":  {attrs: obj("gen_ai.client.operation.time_to_first_chunk", "2e-6"), want: []string{"completion_start: 102"}},
		"first chunk, two units":   {attrs: obj("gen_ai.response.time_to_first_chunk", 2, "ai.stream.msToFirstChunk", 1), want: []string{"completion_start: 1100"}},
		"first chunk, no number":   {attrs: obj("gen_ai.response.time_to_first_chunk", "NaN"), want: []string{"no completion_start"}},
		"first chunk unknown":      {attrs: obj("ai.stream.msToFirstChunk", "NaN"), want: []string{"no completion_start"}},
	}
	models := []string{
		"langfuse.observation.model.name", "gen_ai.response.model", "ai.model.id", "gen_ai.request.model",
		"llm.response.model", "llm.model_name", "mlflow.llm.model", "embedding.model_name", "model",
	}
	for i, key := range models {
		attrs := obj(key, "a")
		if i+1 < len(models) {
			attrs = obj(models[i+1], "b", key, "a")
		}
		v["model "+key] = vector{attrs: attrs, want: []string{"model: a"}}
	}
	return v
}

func usageVectors() map[string]vector {
	const details = "langfuse.observation.usage_details"
	v := map[string]vector{
		"nothing":               {want: []string{"no usage"}},
		"chat shape":            {scope: own, attrs: obj(details, `{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":5}}`), want: []string{"usage: input=4 input_cached_tokens=5 output=4 total=13", "no raw"}},
		"chat shape, details":   {attrs: obj(details, `{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13.0,"prompt_tokens_details":null,"completion_tokens_details":{"a":null,"b":3,"c":2}}`), want: []string{"usage: input=9 output=0 output_b=3 output_c=2 total=13"}},
		"chat shape, extra key": {attrs: obj(details, `{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,"x":1}`), want: []string{"usage: completion_tokens=4 prompt_tokens=9 total_tokens=13 x=1"}},
		"chat shape, part":      {attrs: obj(details, `{"prompt_tokens":9,"completion_tokens":4}`), want: []string{"usage: completion_tokens=4 prompt_tokens=9"}},
		"chat shape, text":      {attrs: obj(details, `{"prompt_tokens":"9","completion_tokens":4,"total_tokens":13}`), want: []string{"usage: completion_tokens=4 prompt_tokens=9 total_tokens=13"}},
		"chat shape, bad part":  {scope: own, attrs: obj(details, `{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,"prompt_tokens_details":{"x":1.5}}`), want: []string{"usage: completion_tokens=4 prompt_tokens=9 total_tokens=13", `raw: {"attributes":{"langfuse.observation.usage_details":"{\"prompt_tokens\":9,\"completion_tokens\":4,\"total_tokens\":13,\"prompt_tokens_details\":{\"x\":1.5}}"}}`}},
		"chat shape, bad map":   {attrs: obj(details, `{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,"prompt_tokens_details":[]}`), want: []string{"usage: completion_tokens=4 prompt_tokens=9 total_tokens=13"}},
		"responses shape":       {attrs: obj(details, `{"input_tokens":9,"output_tokens":4,"total_tokens":13,"input_tokens_details":{"cached_tokens":5},"output_tokens_details":{"reasoning_tokens":1}}`), want: []string{"usage: input=4 input_cached_tokens=5 output=3 output_reasoning_tokens=1 total=13"}},
		"anthropic":             {attrs: obj(details, `{"input_tokens":9,"output_tokens":4,"cache_read_input_tokens":2}`), want: []string{"usage: cache_read_input_tokens=2 input_tokens=9 output_tokens=4"}},
		"map":                   {scope: own, attrs: obj(details, `{"b":0,"a":"12abc","c":1.5,"d":-1,"e":true,"f":null,"g":{},"h":"x","i":" 7","j":2e1,"k":"-3"}`), want: []string{"usage: a=12 b=0 i=7 j=20"}},
		"map, nothing left out": {scope: own, attrs: obj(details, ` { "a" : 1 , "b" : "2" } `), want: []string{"usage: a=1 b=2", "no raw"}},
		"map, too large":        {scope: own, attrs: obj(details, `{"a":9007199254740991,"b":9007199254740992,"c":1e300,"d":"99999999999999999999"}`), want: []string{"usage: a=9007199254740991", `raw: {"attributes":{"langfuse.observation.usage_details":"{\"a\":9007199254740991,\"b\":9007199254740992,\"c\":1e300,\"d\":\"99999999999999999999\"}"}}`}},
		"map, text cut is kept": {scope: own, attrs: obj(details, `{"a":"1x"}`), want: []string{"usage: a=1", `raw: {"attributes":{"langfuse.observation.usage_details":"{\"a\":\"1x\"}"}}`}},
		"map, repeated key":     {scope: own, attrs: obj(details, `{"a":1,"a":2}`), want: []string{"usage: a=2", `raw: {"attributes":{"langfuse.observation.usage_details":"{\"a\":1,\"a\":2}"}}`}},
		"empty map":             {attrs: obj(details, `{}`, "gen_ai.usage.input_tokens", 5), want: []string{"no usage"}},
		"object value":          {attrs: `{"langfuse.observation.usage_details":{"input":3}}`, want: []string{"usage: input=3"}},
		"array ends the search": {attrs: obj(details, `[1]`, "gen_ai.usage.input_tokens", 5), want: []string{"no usage"}},
		"number ends it":        {attrs: obj(details, 7, "gen_ai.usage.input_tokens", 5), want: []string{"no usage"}},
		"broken JSON does not":  {attrs: obj(details, `{"input":`, "gen_ai.usage.input_tokens", 5), want: []string{"usage: input=5"}},
		"empty text does not":   {attrs: obj(details, ``, "gen_ai.usage.input_tokens", 5), want: []string{"usage: input=5"}},
		"too deep is broken":    {attrs: obj(details, `{"a":`+deep(500)+`}`, "gen_ai.usage.input_tokens", 5), want: []string{"usage: input=5"}},
		"details before counts": {attrs: obj(details, `{"input":3}`, "gen_ai.usage.input_tokens", 5), want: []string{"usage: input=3"}},

		"parts of a map, and of which": {attrs: obj(details, `{"cache_creation_input_tokens":9,"input":3,"cache_creation_ephemeral_5m_input_tokens":4,"cache_creation_ephemeral_1h_input_tokens":5}`), want: []string{"usage: cache_creation_input_tokens=0 input=3 input_cache_creation_1h=5 input_cache_creation_5m=4"}},
		"parts of a map, more":         {attrs: obj(details, `{"cache_creation_input_tokens":3,"cache_creation_ephemeral_5m_input_tokens":4,"cache_creation_ephemeral_1h_input_tokens":2}`), want: []string{"usage: cache_creation_ephemeral_5m_input_tokens=4 cache_creation_input_tokens=1 input_cache_creation_1h=2"}},
		"parts of a map, of nothing":   {attrs: obj(details, `{"cache_creation_ephemeral_5m_input_tokens":4}`), want: []string{"usage: cache_creation_ephemeral_5m_input_tokens=4"}},
		"parts of a map, both names":   {attrs: obj(details, `{"cache_creation_input_tokens":9,"input_cache_creation_5m":1,"cache_creation_ephemeral_5m_input_tokens":4}`), want: []string{"usage: cache_creation_ephemeral_5m_input_tokens=4 cache_creation_input_tokens=9 input_cache_creation_5m=1"}},
		"details of pydantic-ai 1":     {attrs: obj("gen_ai.usage.details.cached_content_tokens", 5, "gen_ai.usage.details.cache_read_input_tokens", 4, "gen_ai.usage.details.thoughts_tokens", 7, "gen_ai.usage.details.reasoning_tokens", 6), want: []string{"usage: input_cached_tokens=4 output_reasoning_tokens=6"}},
		"details of pydantic-ai 2":     {attrs: obj("llm.token_count.prompt_details.cache_read", 6, "gen_ai.usage.details.cached_content_tokens", 5, "llm.token_count.completion_details.reasoning", 8, "gen_ai.usage.details.thoughts_tokens", 7), want: []string{"usage: input_cached_tokens=5 output_reasoning_tokens=7"}},
		"details of pydantic-ai 3":     {attrs: obj("gen_ai.usage.details.audio_candidates_tokens", 3, "gen_ai.usage.audio.output_tokens", 2, "gen_ai.usage.details.audio_prompt_tokens", 5, "gen_ai.usage.audio.input_tokens", 4), want: []string{"usage: input_audio_tokens=4 output_audio_tokens=2"}},
		"details of pydantic-ai 4":     {attrs: obj("gen_ai.usage.details.ephemeral_5m_input_tokens", 3, "anthropic.usage.cache_creation.ephemeral_5m_input_tokens", 2, "gen_ai.usage.details.ephemeral_1h_input_tokens", 5, "anthropic.usage.cache_creation.ephemeral_1h_input_tokens", 4), want: []string{"usage: input_cache_creation_1h=4 input_cache_creation_5m=2"}},
		"details of pydantic-ai 5":     {attrs: obj("gen_ai.usage.details.ephemeral_5m_input_tokens", 3), want: []string{"usage: input_cache_creation_5m=3"}},
		"genkit, cached without more":  {scope: "genkit-tracer", attrs: obj("genkit:output", `{"usage":{"inputTokens":10,"outputTokens":2,"cachedContentTokens":4}}`), want: []string{"usage: input=6 input_cached_tokens=4 output=2"}},
		"an object before the AI SDK":  {scope: "ai", attrs: obj("gen_ai.usage.input_tokens", 10, "gen_ai.usage.output_tokens", 2, "ai.response.providerMetadata", `{"anthropic":{"usage":{"input_tokens":10}}}`, "output.value", `{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}`), want: []string{"usage: input=6 input_cached_tokens=4 output=2"}},
		"agno before the total":        {scope: "openinference.instrumentation.agno", attrs: obj("llm.system", "anthropic", "llm.token_count.prompt", 10, "llm.token_count.completion", 2, "llm.token_count.total", 12, "llm.token_count.prompt_details.cache_read", 4), want: []string{"usage: input=10 input_cached_tokens=4 output=2 total=16"}},
		"agno, another provider":       {scope: "openinference.instrumentation.agno", attrs: obj("llm.system", "openai", "llm.token_count.prompt", 10, "llm.token_count.completion", 2, "llm.token_count.prompt_details.cache_read", 4), want: []string{"usage: input=6 input_cached_tokens=4 output=2"}},
		"another than agno":            {scope: "openinference.instrumentation.x", attrs: obj("llm.system", "anthropic", "llm.token_count.prompt", 10, "llm.token_count.completion", 2, "llm.token_count.prompt_details.cache_read", 4), want: []string{"usage: input=6 input_cached_tokens=4 output=2"}},

		"cached tokens":           {attrs: obj("gen_ai.usage.input_tokens", 100, "gen_ai.usage.cache_read.input_tokens", 40, "gen_ai.usage.output_tokens", 20), want: []string{"usage: input=60 input_cached_tokens=40 output=20"}},
		"OpenInference":           {attrs: obj("llm.token_count.prompt", 10, "llm.token_count.completion", 5, "llm.token_count.total", 15, "llm.token_count.completion_details.reasoning", 2), want: []string{"usage: input=10 output=3 output_reasoning_tokens=2 total=15"}},
		"numbers as text":         {attrs: obj("gen_ai.usage.input_tokens", " 12 ", "gen_ai.usage.output_tokens", "4.0"), want: []string{"usage: input=12 output=4"}},
		"what is no count":        {scope: own, attrs: obj("gen_ai.usage.input_tokens", 1.5, "gen_ai.usage.output_tokens", -4, "gen_ai.usage.total_tokens", "x", "gen_ai.usage.a", true, "gen_ai.usage.b", "", "gen_ai.usage.c", "0x10", "gen_ai.usage.d", "1_0"), want: []string{"no usage", `raw: {"attributes":{"gen_ai.usage.input_tokens":1.5,"gen_ai.usage.output_tokens":-4,"gen_ai.usage.total_tokens":"x","gen_ai.usage.a":true,"gen_ai.usage.b":"","gen_ai.usage.c":"0x10","gen_ai.usage.d":"1_0"}}`}},
		"a present 0 wins":        {scope: own, attrs: obj("gen_ai.usage.input_tokens", 7, "gen_ai.usage.prompt_tokens", 0), want: []string{"usage: input=0", `raw: {"attributes":{"gen_ai.usage.input_tokens":7}}`}},
		"what is no number loses": {attrs: obj("gen_ai.usage.input_tokens", 7, "gen_ai.usage.prompt_tokens", "x"), want: []string{"usage: input=7"}},
		"parts exceed the whole":  {attrs: obj("gen_ai.usage.input_tokens", 5, "gen_ai.usage.cache_read_tokens", 4, "gen_ai.usage.cache_write_tokens", 4), want: []string{"usage: input=5 input_cache_creation=4 input_cached_tokens=4"}},
		"no part without a whole": {attrs: obj("gen_ai.usage.cache_read_tokens", 4), want: []string{"usage: input_cached_tokens=4"}},
		"other counts":            {attrs: obj("gen_ai.usage.details.reasoning_tokens", 3, "gen_ai.usage.output_tokens", 9, "llm.token_count.prompt_details.audio", 1, "gen_ai.usage.input", 2), want: []string{"usage: input=1 input_audio_tokens=1 output=6 output_reasoning_tokens=3"}},
		"an alias before a name":  {scope: own, attrs: obj("gen_ai.usage.input_tokens", 9, "gen_ai.usage.input", 2), want: []string{"usage: input=9", `raw: {"attributes":{"gen_ai.usage.input":2}}`}},
		"two names of one count":  {scope: own, attrs: obj("gen_ai.usage.details.x", 9, "gen_ai.usage.x", 2), want: []string{"usage: x=2", `raw: {"attributes":{"gen_ai.usage.details.x":9}}`}},
		"counts by kind":          {attrs: obj("gen_ai.usage.input_tokens", 9, "gen_ai.usage.text.input_tokens", 7, "gen_ai.usage.audio.input_tokens", 2, "gen_ai.usage.text.output_tokens", 1, "gen_ai.usage.text.cache_read.input_tokens", 1, "gen_ai.usage.audio.cache_read.input_tokens", 1), want: []string{"usage: input=7 input_audio_tokens=2"}},
		"two families":            {attrs: obj("llm.token_count.prompt_tokens", 9, "gen_ai.usage.prompt_tokens", 2), want: []string{"usage: input=9"}},
		"cost is no count":        {attrs: obj("gen_ai.usage.cost", 3, "llm.token_count.cost", 4), want: []string{"usage: cost=4"}},
	}
	for result, aliases := range map[string][]string{
		"input":  {"prompt_tokens", "input_tokens", "prompt", "inputTokens", "promptTokens", "usage.inputTokens"},
		"output": {"completion_tokens", "output_tokens", "completion", "outputTokens", "completionTokens", "usage.outputTokens"},
		"total":  {"total_tokens", "total", "totalTokens", "tokens", "google.usageMetadata.totalTokenCount", "usage.totalTokens", "usage_metadata.total_token_count", "usageMetadata.totalTokenCount"},
		"input_cached_tokens": {
			"cache_read.input_tokens", "cache_read_input_tokens", "cache_read_tokens", "cached_input_tokens", "details.cache_read_tokens",
			"details.cache_read_input_tokens", "prompt_details.cache_read", "cachedInputTokens", "openai.cachedPromptTokens",
			"anthropic.usage.cache_read_input_tokens", "bedrock.usage.cacheReadInputTokens", "google.usageMetadata.cachedContentTokenCount", "anthropic.cacheReadInputTokens", "input_cached_tokens",
			"usage.cachedContentTokens", "usage_metadata.cached_content_token_count", "usageMetadata.cachedContentTokenCount",
			"prompt_tokens_details.cached_tokens", "input_tokens_details.cached_tokens",
		},
		"input_cache_creation": {
			"cache_creation.input_tokens", "cache_creation_input_tokens", "cache_write_tokens", "cache_write.input_tokens", "cache_write_input_tokens", "details.cache_write_tokens",
			"details.cache_creation_input_tokens", "prompt_details.cache_write", "anthropic.usage.cache_creation_input_tokens",
			"bedrock.usage.cacheCreationInputTokens", "bedrock.usage.cacheWriteInputTokens", "anthropic.cacheCreationInputTokens", "input_cache_creation",
		},
		"input_cache_creation_5m": {"anthropic.usage.cache_creation.ephemeral_5m_input_tokens", "cache_creation.ephemeral_5m_input_tokens"},
		"input_cache_creation_1h": {"anthropic.usage.cache_creation.ephemeral_1h_input_tokens", "cache_creation.ephemeral_1h_input_tokens"},
		"output_reasoning_tokens": {
			"reasoning.output_tokens", "reasoning_tokens", "details.reasoning_tokens", "completion_details.reasoning", "reasoningTokens",
			"openai.reasoningTokens", "google.usageMetadata.thoughtsTokenCount", "usage.thoughtsTokens",
			"experimental.reasoning_tokens", "usage_metadata.thoughts_token_count", "usageMetadata.thoughtsTokenCount",
			"completion_tokens_details.reasoning_tokens", "output_tokens_details.reasoning_tokens",
		},
		"output_audio_tokens": {"completion_details.audio", "audio.output_tokens"},
		"input_audio_tokens":  {"prompt_details.audio", "audio.input_tokens"},
	} {
		for i, alias := range aliases {
			attrs := obj("gen_ai.usage."+alias, 3)
			if i+1 < len(aliases) {
				attrs = obj("gen_ai.usage."+alias, 3, "gen_ai.usage."+aliases[i+1], 4)
			}
			v["alias "+alias] = vector{attrs: attrs, want: []string{"usage: " + result + "=3"}}
		}
	}
	for _, alias := range []string{"total", "input_cached_tokens", "input_cache_creation"} {
		v["alias before its own name, "+alias] = vector{
			attrs: obj("gen_ai.usage."+alias, 3, "gen_ai.usage.details."+alias, 4), want: []string{"usage: " + alias + "=3"},
		}
	}
	for part, whole := range map[string]string{
		"input_cached_tokens": "input", "input_cache_creation": "input",
		"output_reasoning_tokens": "output", "output_audio_tokens": "output",
	} {
		key := part
		switch part {
		case "output_reasoning_tokens":
			key = "completion_details.reasoning"
		case "output_audio_tokens":
			key = "completion_details.audio"
		}
		want := whole + "=7 " + part + "=3"
		v["part "+part] = vector{attrs: obj("gen_ai.usage."+key, 3, "gen_ai.usage."+whole+"_tokens", 10), want: []string{"usage: " + want}}
	}
	return v
}

func costVectors() map[string]vector {
	const details = "langfuse.observation.cost_details"
	return map[string]vector{
		"nothing":             {want: []string{"no cost"}},
		"object":              {scope: own, attrs: obj(details, `{"total":0.5,"input":"0.25","output":-1e-3}`), want: []string{"cost: input=0.25 output=-0.001 total=0.5", "no raw"}},
		"parts of an object":  {scope: own, attrs: obj(details, `{"a":1,"b":"x","c":null,"d":true,"e":[1]}`), want: []string{"cost: a=1", `raw: {"attributes":{"langfuse.observation.cost_details":"{\"a\":1,\"b\":\"x\",\"c\":null,\"d\":true,\"e\":[1]}"}}`}},
		"bounds":              {scope: own, attrs: obj(details, `{"a":1000001,"b":-1e300,"c":1e400,"d":"NaN","e":"Infinity"}`), want: []string{"cost: a=999999.999999 b=-999999.999999 c=0 d=0 e=0", `raw: {"attributes":{"langfuse.observation.cost_details":"{\"a\":1000001,\"b\":-1e300,\"c\":1e400,\"d\":\"NaN\",\"e\":\"Infinity\"}"}}`}},
		"repeated key":        {scope: own, attrs: obj(details, `{"a":1,"a":2}`), want: []string{"cost: a=2", `raw: {"attributes":{"langfuse.observation.cost_details":"{\"a\":1,\"a\":2}"}}`}},
		"array ends it":       {attrs: obj(details, `[]`, "gen_ai.usage.cost", 1), want: []string{"no cost"}},
		"broken JSON goes on": {attrs: obj(details, `{`, "gen_ai.usage.cost", 1), want: []string{"cost: total=1"}},
		"empty goes on":       {attrs: obj(details, ``, "gen_ai.usage.cost", 1), want: []string{"cost: total=1"}},
		"empty object":        {attrs: obj(details, `{}`, "gen_ai.usage.cost", 1), want: []string{"no cost"}},
		"details first":       {attrs: obj("gen_ai.usage.cost", 1, details, `{"total":2}`), want: []string{"cost: total=2"}},
		"gen_ai.usage.cost":   {scope: own, attrs: obj("llm.cost.total", 2, "gen_ai.usage.cost", 0), want: []string{"cost: total=0", `raw: {"attributes":{"llm.cost.total":2}}`}},
		"cost as text":        {attrs: obj("gen_ai.usage.cost", "0.1"), want: []string{"cost: total=0.1"}},
		"negative cost":       {attrs: obj("gen_ai.usage.cost", -0.1), want: []string{"cost: total=-0.1"}},
		"cost that is empty":  {attrs: obj("gen_ai.usage.cost", "", "llm.cost.total", "2"), want: []string{"cost: total=2"}},
		"cost that is none":   {attrs: obj("gen_ai.usage.cost", "free", "llm.cost.total", "cheap"), want: []string{"no cost"}},
		"llm.cost.total":      {attrs: obj("llm.cost.total", 0.000001), want: []string{"cost: total=0.000001"}},
		"usage and cost of a span type": {
			attrs: obj("langfuse.observation.type", "span", "gen_ai.usage.input_tokens", 1, "gen_ai.usage.cost", 1, "model", "m"),
			want:  []string{"type: SPAN", "usage: input=1", "cost: total=1", "model: m"},
		},
		"cost as a map value": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) {
				sp.Attributes = []span.Attribute{{Key: details, Value: span.Value{Kind: span.Map, Map: attributes(`{"total":1.5}`)}}}
			},
			want: []string{"cost: total=1.5"},
		},
	}
}
