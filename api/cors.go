package api

import (
	"net/http"
	"slices"
)

const (
	corsMethods = "GET, POST, PUT, DELETE"
	corsHeaders = "Authorization, Content-Type, Content-Encoding, Idempotency-Key, X-Request-Id, X-API-Key, If-None-Match"
	corsExposed = "X-Request-Id, Retry-After, Idempotent-Replayed, ETag"
)

// cors lets the configured origins call from a browser, always without cookies, and answers preflights itself; true when it did.
func (s *server) cors(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
	if allowed := s.allowedOrigin(origin); allowed != "" {
		h.Set("Access-Control-Allow-Origin", allowed)
		h.Set("Access-Control-Expose-Headers", corsExposed)
		if preflight {
			h.Set("Access-Control-Allow-Methods", corsMethods)
			h.Set("Access-Control-Allow-Headers", corsHeaders)
			h.Set("Access-Control-Max-Age", "600")
		}
	}
	if preflight {
		w.WriteHeader(http.StatusNoContent)
	}
	return preflight
}

func (s *server) allowedOrigin(origin string) string {
	for _, list := range [][]string{s.config.Origins, s.ports.Shop.Shop().Origins} {
		if slices.Contains(list, origin) {
			return origin
		}
		if slices.Contains(list, "*") {
			return "*"
		}
	}
	return ""
}
