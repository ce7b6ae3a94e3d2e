package api

import (
	_ "embed" // docs.html
	"net/http"
	"reflect"
	"strconv"
	"strings"
)

// docsPage renders /openapi.json with nothing but its own text: no asset comes from elsewhere.
//
//go:embed docs.html
var docsPage []byte

const docsPolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'"

// specification is the OpenAPI 3.1 document of the table.
func specification(table []route, version string) []byte {
	types := schemas{object{}, map[string]reflect.Type{}}
	paths := map[string]object{}
	for i := range table {
		r := &table[i]
		if paths[r.pattern] == nil {
			paths[r.pattern] = object{}
		}
		paths[r.pattern][strings.ToLower(r.method)] = types.operation(r)
	}
	types.of(reflect.TypeFor[Problem]())
	return mustJSON(object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Boon", "version": version,
			"description": "Events in, the right offer out, every cent exact. Money is decimal text, times are RFC 3339, errors are RFC 9457 problems whose types /problems explains.",
		},
		"paths":      paths,
		"components": object{"schemas": types.named, "securitySchemes": securitySchemes},
	})
}

var securitySchemes = object{
	"serverKey": object{"type": "http", "scheme": "bearer", "description": "A server key with the scope that the operation names. Never in a browser."},
	"token":     object{"type": "http", "scheme": "bearer", "description": "A shopper's token from POST /v1/tokens: opens that shopper's profile only."},
	"apiKey":    object{"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "A server key or a token, as OpenFeature's clients send it."},
	"writeKey":  object{"type": "http", "scheme": "basic", "description": "The write key as user name, the password empty; or as Bearer, or as writeKey in the body."},
}

func (s schemas) operation(r *route) object {
	out := object{
		"operationId": operationID(r), "tags": []string{r.doc.Tag}, "summary": r.doc.Summary,
		"parameters": parameters(r), "security": security(r),
		"responses": object{
			strconv.Itoa(r.doc.Status): s.content(r.doc.Out, "The answer"),
			"default": object{"description": "A problem", "content": object{
				"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}},
		},
	}
	if r.scope != "" {
		out["x-scope"] = r.scope
	}
	if r.doc.In != nil {
		body := s.content(r.doc.In, "")
		delete(body, "description")
		out["requestBody"] = body
	}
	return out
}

// operationID names the operation: "post /v1/grants/{id}/save" -> post_v1_grants_id_save.
func operationID(r *route) string {
	words := strings.FieldsFunc(r.pattern, func(c rune) bool { return strings.ContainsRune("/{}:.", c) })
	return strings.ToLower(r.method) + "_" + strings.Join(words, "_")
}

func parameters(r *route) []object {
	list := []object{}
	for _, part := range strings.Split(r.pattern, "/") {
		if strings.HasPrefix(part, "{") {
			list = append(list, object{"name": strings.Trim(part, "{}"), "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	for _, name := range r.doc.Query {
		list = append(list, object{"name": name, "in": "query", "schema": object{"type": "string"}})
	}
	if idempotent(r) {
		list = append(list, object{"name": "Idempotency-Key", "in": "header", "schema": object{"type": "string", "maxLength": 255},
			"description": "The same key with the same body replays the first answer; with another body it is 422."})
	}
	return list
}

// idempotent says which routes take an Idempotency-Key: decisions and the money path.
func idempotent(r *route) bool {
	switch r.pattern {
	case "/v1/decisions", "/v1/decisions:batch", "/ofrep/v1/evaluate/flags/{key}":
		return true
	case "/v1/validations":
		return false
	}
	return r.scope == ScopeRedeem && r.method != http.MethodGet
}

func security(r *route) []object {
	list := map[opens][]string{writeKey: {"writeKey"}, serverKey: {"serverKey"}, shopper: {"serverKey", "token"}, evaluator: {"serverKey", "token", "apiKey"}}[r.opens]
	out := []object{}
	for _, name := range list {
		out = append(out, object{name: []string{}})
	}
	return out
}

func (s schemas) content(body any, description string) object {
	media := []string{"application/json"}
	schema := object{"type": "string"}
	switch body.(type) {
	case yamlBody:
		media = []string{"application/yaml"}
	case textBody:
		media = []string{"text/plain"}
	case htmlBody:
		media = []string{"text/html"}
	case backupBody:
		media = []string{"application/zstd"}
	case streamedDecision:
		media = []string{"text/event-stream"}
		schema = s.of(reflect.TypeOf(body)) // of the data of each decision
	case feedBody:
		media = []string{"application/json", "application/x-ndjson", "text/csv", "text/tab-separated-values"}
		schema = object{}
	default:
		schema = s.of(reflect.TypeOf(body))
	}
	content := object{}
	for _, m := range media {
		content[m] = object{"schema": schema}
	}
	return object{"description": description, "content": content}
}

func (s *server) openapi(w http.ResponseWriter, _ *http.Request, _ caller) error {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return writeBody(w, http.StatusOK, "application/json", s.spec)
}

func (s *server) docs(w http.ResponseWriter, _ *http.Request, _ caller) error {
	w.Header().Set("Content-Security-Policy", docsPolicy)
	return writeBody(w, http.StatusOK, "text/html; charset=utf-8", docsPage)
}
