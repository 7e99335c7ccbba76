package api

import "github.com/fusebox-llm/fusebox/internal/page"

// PageQuery selects a page of a list.
type PageQuery struct {
	// Which page, counted from 1.
	Page int `query:"page" default:"1" minimum:"1" maximum:"9007199254740991"`
	// How many items a page holds.
	Limit int `query:"limit" default:"50" minimum:"1" maximum:"100"`
}

func (q PageQuery) number() page.Number { return page.Number{Page: q.Page, Limit: q.Limit} }

// PageMeta describes a page of a list.
type PageMeta struct {
	// Which page this is, counted from 1.
	Page int `json:"page"`
	// How many items a page holds.
	Limit int `json:"limit"`
	// How many items there are on all pages.
	TotalItems int `json:"totalItems"`
	// How many pages there are; 0 when there are no items.
	TotalPages int `json:"totalPages"`
}

func metaOf(n page.Number, total int) PageMeta { return PageMeta(page.MetaOf(n, total)) }
