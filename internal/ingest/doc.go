// Package ingest owns the way of telemetry from a decoded request to the store, in
// stages: mapping, limits on values, media out of texts, tools, prices and estimates
// (enrich.go), large values into blob storage, and the one write that makes all of it
// durable.
//
// Every protocol ends here, and nothing writes telemetry beside it. The package
// knows no wire format and no engine, and starts no goroutines; requests share
// commits inside the engine.
package ingest
