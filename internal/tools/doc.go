// Package tools owns what JSON texts of inputs and outputs say about tools: which
// tools a model was offered (definitions) and which it asked to run (calls). Every
// maker of models and every framework writes both in its own shape; this package
// reads them all and writes one.
//
// Where the shapes of definitions come from:
//
//   - {"type":"function","function":{"name","description","parameters"}}: OpenAI chat,
//     and all who follow it (LiteLLM, LangChain, OpenInference's tool.json_schema);
//   - {"name","description","parameters"}: OpenAI responses, the GenAI conventions;
//   - {"name","description","input_schema"}: Anthropic;
//   - {"name","description","inputSchema"}: AI SDK 5 and later ("parameters" before);
//   - {"name","parameters_json_schema"}: Pydantic AI, Gemini;
//   - {"functionDeclarations":[…]}, {"function_declarations":[…]}: Gemini, Google ADK;
//   - {"type":"web_search"} and other tools without a name that the provider runs:
//     they are tools of a list, but define nothing.
//
// They stand in "tools" of an input, of its "config" (Gemini) or of one of its
// messages, and where LangChain and LangGraph are recorded, in the "content" of
// messages with the role "tool".
//
// Where the shapes of calls come from:
//
//   - {"id","type":"function","function":{"name","arguments"}}: OpenAI chat, in
//     "tool_calls" of a message, of choices[].message, of additional_kwargs (LangChain);
//   - {"type":"function_call","call_id","name","arguments"}: OpenAI responses, in a list
//     or in "output" of an object;
//   - {"name","args","id","type":"tool_call"}: LangChain's own "tool_calls";
//   - {"type":"tool_use","id","name","input"}: Anthropic, a part of "content";
//   - {"type":"tool-call","toolCallId","toolName","input"}: AI SDK ("args" before
//     version 5), a part of "content", or in "toolCalls" of an object;
//   - {"type":"tool_call","id","name","arguments"}: the GenAI conventions, a part of "parts";
//   - {"functionCall":{"name","args"}}, {"function_call":…}: Gemini, a part of "parts",
//     and OpenAI before "tool_calls" existed, in the message;
//   - {"toolUse":{"toolUseId","name","input"}}: Amazon Bedrock, a part of "content";
//   - {"toolRequest":{"ref","name","input"}}: Genkit, a part of "content".
//
// Messages stand in the output itself, as an object or as a list, and in "messages",
// "message", choices[].message (OpenAI; a list of such answers too), candidates[].content
// (Gemini), "content" (Google ADK), generations[][].message.kwargs (LangChain) and
// output.message (Bedrock) of an object. "message" may also be the list of parts (Strands
// Agents), and a part may be a call without a type (AutoGen).
//
// A list of tools, each of its tools, a list of calls and a nested message may be
// written as themselves or as a JSON text of themselves. Of repeated keys the last one
// counts. Keys that are written with escapes are not found. JSON deeper than
// jsontext.MaxDepth is taken as text that is no JSON.
//
// The package is pure and takes texts from strangers: time and memory grow linearly
// with a text's length. It never writes to a store, keeps no state and starts no
// goroutines.
package tools
