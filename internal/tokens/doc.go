// Package tokens owns counting the tokens that OpenAI's encodings make of a text, for
// observations whose client did not report its usage.
//
// A text is cut into pieces by the encoding's rules (split.go), and each piece is
// joined up from its bytes, the pair with the lowest rank in the vocabulary first
// (merge.go). The counts are those of OpenAI's own tokenizer; the tests hold both
// against each other. The vocabularies are data of a module that carries nothing
// else. The pieces are cut here, not by the module's companion or another tokenizer
// written in Go, because those take time that grows with the square of a piece's length or
// cut lines of white space wrongly.
//
// The package guesses nothing: an encoding whose vocabulary nobody publishes, and a
// text longer than [MaxText], have no count. It reads no files outside the binary, keeps no
// state but vocabularies already read, and starts no goroutines.
package tokens
