// Package account owns who may do what: organizations, projects, API keys, the
// permissions a credential grants, and the start-up step that creates what the
// operator names.
//
// It never sees a request or a response (package auth turns a request into a
// [Principal]), never stores a secret in the clear and never logs one. It starts
// no goroutines.
package account
