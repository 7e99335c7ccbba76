package media

import "strings"

// extensions returns the accepted content types, each with the extension of its
// files.
func extensions() map[string]string {
	return map[string]string{
		"image/png": "png", "image/jpeg": "jpeg", "image/jpg": "jpg", "image/webp": "webp", "image/gif": "gif",
		"image/svg+xml": "svg", "image/tiff": "tiff", "image/bmp": "bmp", "image/avif": "avif", "image/heic": "heic",

		"audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/wav": "wav", "audio/ogg": "ogg", "audio/oga": "oga", "audio/aac": "aac",
		"audio/mp4": "m4a", "audio/flac": "flac", "audio/opus": "opus", "audio/webm": "weba",

		"video/mp4": "mp4", "video/webm": "webm", "video/ogg": "ogv", "video/mpeg": "mpeg", "video/quicktime": "mov",
		"video/x-msvideo": "avi", "video/x-matroska": "mkv",

		"text/plain": "txt", "text/html": "html", "text/css": "css", "text/csv": "csv", "text/markdown": "md",
		"text/x-python": "py", "text/x-typescript": "ts",

		"application/javascript": "js", "application/x-yaml": "yaml", "application/pdf": "pdf", "application/msword": "doc",
		"application/vnd.ms-excel": "xls",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "xlsx",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "docx",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
		"application/zip": "zip", "application/json": "json", "application/xml": "xml", "application/octet-stream": "bin",
		"application/rtf": "rtf", "application/x-ndjson": "jsonl", "application/vnd.apache.parquet": "parquet",
		"application/gzip": "gz", "application/x-tar": "tar", "application/x-7z-compressed": "7z",
	}
}

// types is the table of accepted content types, made once per service.
type types map[string]string

// Types returns the accepted content types.
func Types() []string {
	list := make([]string, 0, len(extensions()))
	for t := range extensions() {
		list = append(list, t)
	}
	return list
}

// shownInline reports whether a browser may show content of a type by itself. What
// can hold a script, or is handed to another program, is saved as a file.
func shownInline(contentType string) bool {
	switch group, _, _ := strings.Cut(contentType, "/"); group {
	case "image":
		return contentType != "image/svg+xml"
	case "audio", "video":
		return true
	}
	return contentType == "text/plain"
}
