package pricing

// ParseTable reads a table of built-in models.
var ParseTable = parseTable
