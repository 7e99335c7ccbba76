package provider

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// An Exchange is one request that was answered, as recordings show it.
type Exchange struct {
	// API is the provider and the call: openai.chat, openai.completions,
	// openai.responses, openai.embeddings, anthropic.messages,
	// anthropic.count_tokens, gemini.generateContent, gemini.embedContent,
	// gemini.batchEmbedContents or gemini.countTokens.
	API string `json:"api"`
	// Model is the model that the answer names, RequestModel the one asked for.
	Model        string `json:"model"`
	RequestModel string `json:"requestModel"`
	Stream       bool   `json:"stream"`
	// Usage is what the answer said at its end, in the words of the provider;
	// null where it said nothing.
	Usage any `json:"usage"`
}

// Server is the provider; a [http.Handler] for paths /<framework>/<case>/<provider>/….
// Under the provider "missing" every call fails, for those who want an error.
type Server struct {
	mu      sync.Mutex // guards what follows
	cases   map[string][]Exchange
	unknown map[string][]string
}

// New returns a Server that has answered nothing yet.
func New() *Server {
	return &Server{cases: map[string][]Exchange{}, unknown: map[string][]string{}}
}

// Begin forgets what was asked in a case, so that it can be run again.
func (s *Server) Begin(framework, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.cases, framework+"/"+name)
	delete(s.unknown, framework+"/"+name)
}

// Exchanges returns what was answered in a case, in order of the requests, and
// which requests nobody knew an answer to.
func (s *Server) Exchanges(framework, name string) (answered []Exchange, unknown []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Exchange{}, s.cases[framework+"/"+name]...), append([]string(nil), s.unknown[framework+"/"+name]...)
}

// A call is one request while it is answered.
type call struct {
	ResponseWriter http.ResponseWriter
	counts         counts
	// serial makes ids that no other answer has.
	serial string
	asked  map[string]any
	query  url.Values
	model  string // as asked for
	stream bool
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Some keep the headers of answers, of which this one would differ each time.
	w.Header().Set("Date", "Wed, 01 Jan 2025 00:00:00 GMT")
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 4)
	if len(parts) < 4 {
		http.NotFound(w, r)
		return
	}
	framework, name, vendor, path := parts[0], parts[1], parts[2], "/"+parts[3]
	if vendor == "missing" {
		refuse(w, "The model does not exist", "model_not_found")
		return
	}
	if r.Method == http.MethodGet {
		if answer := models(vendor, path); answer != nil {
			writeJSON(w, answer)
			return
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	api, model := apiOf(vendor, path)
	if api == "" || r.Method != http.MethodPost {
		s.mu.Lock()
		key := framework + "/" + name
		s.unknown[key] = append(s.unknown[key], r.Method+" "+vendor+path)
		s.mu.Unlock()
		refuse(w, "There is no such call", "not_found")
		return
	}
	c := &call{ResponseWriter: w, model: model, query: r.URL.Query()}
	if err := json.Unmarshal(body, &c.asked); err != nil {
		http.Error(w, `{"error":{"message":"the body is no JSON object"}}`, http.StatusBadRequest)
		return
	}
	if c.model == "" {
		c.model, _ = c.asked["model"].(string)
	}
	c.stream, _ = c.asked["stream"].(bool)
	if strings.HasSuffix(path, ":streamGenerateContent") {
		c.stream = true
	}

	// The place in the list is taken before the answer goes out: who asks next has
	// read this one.
	s.mu.Lock()
	key := framework + "/" + name
	n := len(s.cases[key])
	c.counts = countsOf(framework, name, n)
	c.serial = serialOf(framework, name, n)
	s.cases[key] = append(s.cases[key], Exchange{API: api, Model: dated(c.model), RequestModel: c.model, Stream: c.stream})
	s.mu.Unlock()

	usage := c.answer(api)

	s.mu.Lock()
	if n < len(s.cases[key]) {
		s.cases[key][n].Usage = usage
	}
	s.mu.Unlock()
}

// refuse answers 404 in OpenAI's form.
func refuse(w http.ResponseWriter, message, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprint(w, text(object{{"error", object{{"message", message}, {"type", "invalid_request_error"}, {"param", nil}, {"code", code}}}}))
}

// apiOf finds out what a path asks for, and of which model if the path says so.
func apiOf(vendor, path string) (api, model string) {
	switch vendor {
	case "openai":
		for suffix, api := range map[string]string{
			"/chat/completions": "openai.chat",
			"/responses":        "openai.responses",
			"/embeddings":       "openai.embeddings",
		} {
			if strings.HasSuffix(path, suffix) {
				return api, ""
			}
		}
		if strings.HasSuffix(path, "/completions") {
			return "openai.completions", ""
		}
	case "anthropic":
		if strings.HasSuffix(path, "/messages") {
			return "anthropic.messages", ""
		}
		if strings.HasSuffix(path, "/messages/count_tokens") {
			return "anthropic.count_tokens", ""
		}
	case "gemini":
		_, rest, _ := strings.Cut(path, "models/")
		model, method, _ := strings.Cut(rest, ":")
		switch method {
		case "generateContent", "streamGenerateContent":
			return "gemini.generateContent", model
		case "embedContent", "batchEmbedContents":
			return "gemini." + method, model
		case "countTokens":
			return "gemini.countTokens", model
		}
	}
	return "", ""
}

// answer writes the answer and returns the usage in it.
func (c *call) answer(api string) any {
	switch api {
	case "openai.chat":
		return c.chat()
	case "openai.completions":
		return c.completion()
	case "openai.responses":
		return c.response()
	case "openai.embeddings":
		return c.embeddings()
	case "anthropic.messages":
		return c.message()
	case "anthropic.count_tokens":
		writeJSON(c.ResponseWriter, object{{"input_tokens", c.counts.prompt}})
		return nil
	case "gemini.generateContent":
		return c.content()
	case "gemini.embedContent":
		return c.contentEmbedding()
	case "gemini.batchEmbedContents":
		return c.contentEmbeddings()
	case "gemini.countTokens":
		writeJSON(c.ResponseWriter, object{{"totalTokens", c.counts.prompt}})
		return nil
	}
	panic("no answer to " + api)
}
