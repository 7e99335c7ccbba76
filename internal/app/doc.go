// Package app owns the wiring: it opens the stores that the settings name, hands
// each service what it needs, mounts the routes, and runs and stops the process.
//
// It is the only package that knows implementations. It holds no rules of the
// domain and no state beyond what it has opened.
//
// Goroutines: one for each of the two HTTP listeners and one for background tasks,
// ended by [App.Run]; those of the stores end when the stores close.
package app
