// Package media owns attachments: pictures, sounds and files that belong to traces.
//
// Content is known by its hash, once per project. It comes in two ways: a client
// uploads it by a signed link, or it stands inside a text as base64 and is cut out
// ([Cut]) before the text is stored. Either way the text holds a [Reference] in its
// place, which clients and the user interface resolve. Links to content are signed,
// expire, and need no credential besides; what they open is served so that it can
// run nothing (see package api).
//
// The package does not know who may ask, parses no request and starts no goroutines.
package media
