// Package provider answers as the model providers do: it speaks the parts of the
// interfaces of OpenAI, Anthropic and Gemini that the published instrumentations
// watch, and says in every answer how many tokens it took.
//
// The counts are made up so that a number in the wrong place cannot look right:
// each is odd, no two of one answer are the same, the kinds of counts lie in
// ranges of their own, and every request of every case has others. They follow
// from the names of framework and case and the number of the request alone, so a
// second run answers the same.
//
// What is answered follows from the request: tools that are offered and not yet
// answered are called, a schema that is demanded is filled in, all else gets one
// short text. The package keeps what it answered, for the recording. It looks at no
// key, calls nobody, and starts no goroutines.
package provider
