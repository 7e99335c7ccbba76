// Package page owns the two ways lists are cut: numbered pages with exact totals
// (the v1 API) and opaque cursors (the v2 API).
package page

// Number is a page-style request. Page counts from 1.
type Number struct {
	Page  int // 1 or more
	Limit int // 1 to 100 in the public API
}

// Offset returns how many rows come before the page.
func (n Number) Offset() int { return (n.Page - 1) * n.Limit }

// Meta is what a page-style answer says about itself.
type Meta struct {
	Page       int `json:"page"`
	Limit      int `json:"limit"`
	TotalItems int `json:"totalItems"`
	TotalPages int `json:"totalPages"`
}

// MetaOf describes page n of a list with total items; an empty list has 0 pages.
func MetaOf(n Number, total int) Meta {
	return Meta{Page: n.Page, Limit: n.Limit, TotalItems: total, TotalPages: (total + n.Limit - 1) / n.Limit}
}

// Cut returns the rows of a list that are on page n.
func Cut[T any](n Number, rows []T) []T {
	from := min(n.Offset(), len(rows))
	return rows[from:min(from+n.Limit, len(rows))]
}
