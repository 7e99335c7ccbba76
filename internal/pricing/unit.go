package pricing

// Units returns the units that prices can be for.
func Units() []string {
	return []string{Characters, Tokens, Milliseconds, Seconds, Requests, Images}
}
