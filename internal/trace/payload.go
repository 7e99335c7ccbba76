package trace

// Text is an input or output: the text as stored, which readers parse as JSON
// where the API says so. A text over the inline limit lives in blob storage; S
// then holds a preview of it.
type Text struct {
	S    string // the whole text, or a preview when Ref is set
	Ref  string // blob key; "" when S is the whole text
	Size int64  // length of the whole text in bytes; 0 stands for len(S)
}

// Metadata is a JSON object as text, with the leaves that live in blob storage
// named beside it.
type Metadata struct {
	Object string // compact JSON object; "" means no metadata
	Blobs  []BlobLeaf
}

// Empty reports whether there is no metadata.
func (m Metadata) Empty() bool { return m.Object == "" || m.Object == "{}" }

// BlobLeaf says that the value at Path of a metadata object is a preview and
// where the whole value, a JSON text, is.
type BlobLeaf struct {
	Path []string
	Ref  string
	Size int64
}

// Prompt is the link of an observation to a prompt version.
type Prompt struct {
	ID      string // "" while the link is not resolved
	Name    string
	Version *int // nil when the sender gave none that is usable
}
