package api

import (
	"net/http"
)

// settingsAnswer is what analytics.js (browser, 2.x) reads from its settings host before it sends anything.
type settingsAnswer struct {
	Integrations          map[string]segmentIO      `json:"integrations"`
	Plan                  map[string]map[string]any `json:"plan"`
	EdgeFunction          struct{}                  `json:"edgeFunction"`
	AnalyticsNextEnabled  bool                      `json:"analyticsNextEnabled"`
	MiddlewareSettings    struct{}                  `json:"middlewareSettings"`
	EnabledMiddleware     struct{}                  `json:"enabledMiddleware"`
	Metrics               clientSampling            `json:"metrics"`
	LegacyVideoPlugins    bool                      `json:"legacyVideoPluginsEnabled"`
	RemotePlugins         []string                  `json:"remotePlugins"`
	AutoInstrumentEnabled struct{}                  `json:"autoInstrumentationSettings"`
}

type segmentIO struct {
	APIKey      string            `json:"apiKey"`
	APIHost     string            `json:"apiHost" doc:"this server, with /v1"`
	Protocol    string            `json:"protocol" doc:"http or https"`
	Unbundled   []string          `json:"unbundledIntegrations"`
	AddBundled  bool              `json:"addBundledMetadata"`
	MaybeBundle map[string]string `json:"maybeBundledConfigIds"`
	Versions    versionSettings   `json:"versionSettings"`
}

type versionSettings struct {
	Version string   `json:"version"`
	Types   []string `json:"componentTypes"`
}

type clientSampling struct {
	SampleRate float64 `json:"sampleRate"`
	Host       string  `json:"host"`
}

// settings answers a known write key; the browser then sends to this very host. Any origin may read it, since the key is public.
func (s *server) settings(w http.ResponseWriter, r *http.Request, _ caller) error {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	key := r.PathValue("writeKey")
	c, err := s.keyring.find(r.Context(), key)
	if err != nil {
		return err
	}
	if err := permit(c, ScopeIngest); err != nil {
		return err
	}
	host := r.Host + "/v1"
	on := map[string]any{"__default": map[string]any{"enabled": true, "integrations": map[string]any{}}}
	w.Header().Set("Cache-Control", "private, max-age=60")
	return writeJSON(w, http.StatusOK, settingsAnswer{
		Integrations: map[string]segmentIO{"Segment.io": {
			APIKey: key, APIHost: host, Protocol: protocol(r), Unbundled: []string{}, AddBundled: true,
			MaybeBundle: map[string]string{}, Versions: versionSettings{"4.4.7", []string{"browser"}},
		}},
		Plan:                 map[string]map[string]any{"track": on, "identify": on, "group": on},
		AnalyticsNextEnabled: true, Metrics: clientSampling{0, host}, RemotePlugins: []string{},
	})
}

func protocol(r *http.Request) string {
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		return "https"
	}
	return "http"
}
