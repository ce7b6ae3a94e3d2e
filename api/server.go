package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"boon"
	"boon/ingest"
)

// Config is what the API is told at start. TokenKey must be given; every other zero value stands for its default.
type Config struct {
	Version   string               // of the program, in /openapi.json and /healthz
	TokenKey  []byte               // signs shoppers' tokens: 32 bytes, kept with the instance
	Origins   []string             // that browsers may call from, besides those of the shop; "*" for any
	RateLimit float64              // events a second of one key; 0: no limit
	Timeout   time.Duration        // of a request, feeds, bundles and the stream excepted; default 30 s
	Heartbeat time.Duration        // of the stream; default 15 s
	Registry  *prometheus.Registry // where metrics are registered; default: its own
	Log       *slog.Logger         // default: none
	Now       func() time.Time     // default time.Now

	// From marks a context with who calls, so that what waits for the ledger takes turns by caller; nil: nobody is told apart.
	From func(ctx context.Context, caller string) context.Context
}

// WithDefaults fills what is not given.
func (c Config) WithDefaults() Config {
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = heartbeat
	}
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Version == "" {
		c.Version = "dev"
	}
	return c
}

type server struct {
	config  Config
	ports   Ports
	now     func() time.Time
	log     *slog.Logger
	mux     *http.ServeMux
	keyring *keyring
	tokens  tokens
	rates   *throttle // events by key
	guesses *guesses  // codes by shopper and address
	salt    [16]byte  // of addresses in guesses; dies with the process
	metrics *metrics
	spec    []byte

	listeners atomic.Int32 // of the stream
}

// New serves every route of the table. It panics on a missing token key, which is a mistake of the assembly.
func New(config Config, ports Ports) http.Handler {
	config = config.WithDefaults()
	if len(config.TokenKey) < 16 {
		panic("api: Config.TokenKey must have at least 16 bytes")
	}
	s := &server{
		config: config, ports: ports, now: config.Now, log: config.Log, mux: http.NewServeMux(),
		keyring: newKeyring(ports.Keys, config.Now), tokens: tokens{config.TokenKey},
		rates: newThrottle(config.RateLimit, ingest.MaxMessages), guesses: newGuesses(),
		metrics: newMetrics(config.Registry, ports.Operations, ports.Alarms),
	}
	_, _ = rand.Read(s.salt[:]) // never fails, see crypto/rand
	table := routes()
	for i := range table {
		s.mux.Handle(table[i].method+" "+table[i].pattern, s.serve(&table[i]))
	}
	s.mux.HandleFunc("/", s.lost)
	s.spec = specification(table, config.Version)
	return s
}

// HTTPServer is a server for the handler with the timeouts that a public port needs. The caller starts it and shuts it down.
func HTTPServer(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: h,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
	}
}

const (
	headerRequestID = "X-Request-Id"
	headerReplayed  = "Idempotent-Replayed"
)

// everyAnswer is in the head of every answer, and shared by all of them: nobody writes into its values.
var everyAnswer = http.Header{
	"X-Content-Type-Options":  {"nosniff"},
	"Referrer-Policy":         {"no-referrer"},
	"Content-Security-Policy": {"default-src 'none'; frame-ancestors 'none'"},
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w = &answer{ResponseWriter: w}
	h := w.Header()
	maps.Copy(h, everyAnswer)
	h.Set(headerRequestID, requestIDFrom(r))
	if s.cors(w, r) {
		return
	}
	defer s.rescue(w, r)
	s.mux.ServeHTTP(w, r)
}

// answer remembers the status for the metrics and for rescue.
type answer struct {
	http.ResponseWriter
	status int
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// rescue answers 500 when a handler panics, and leaves the process up.
func (s *server) rescue(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	if a, ok := w.(*answer); ok && a.status != 0 {
		s.log.Error("panic after the answer began", "cause", cause, "stack", string(debug.Stack()))
		return
	}
	s.fail(w, r, fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
}

// serve is what every route goes through: time limit, caller, handler, problem, metrics.
func (s *server) serve(route *route) http.HandlerFunc {
	observe := s.metrics.route(route.method + " " + route.pattern)
	slow := route.method == http.MethodPut || route.pattern == "/v1/bundle" || route.pattern == "/v1/backup" || route.pattern == "/v1/stream"
	return func(w http.ResponseWriter, r *http.Request) {
		began, ctx := time.Now(), r.Context()
		if !slow {
			limited, cancel := context.WithTimeout(ctx, s.config.Timeout)
			defer cancel()
			ctx = limited
		}
		defer func() { observe(statusOf(w), time.Since(began)) }()
		if err := s.call(ctx, w, r, route); err != nil {
			s.fail(w, r, err)
		}
	}
}

// call finds who calls and lets the route's handler answer. The request is copied once, for the context with all that it is to say.
func (s *server) call(ctx context.Context, w http.ResponseWriter, r *http.Request, route *route) error {
	c, err := s.authorise(ctx, r, route)
	if err != nil {
		return err
	}
	if err := legible(r); err != nil {
		return err
	}
	if s.config.From != nil {
		ctx = s.config.From(ctx, c.space)
	}
	return route.handle(s, w, r.WithContext(ctx), c)
}

func statusOf(w http.ResponseWriter) int {
	if a, ok := w.(*answer); ok && a.status != 0 {
		return a.status
	}
	return http.StatusInternalServerError // a panic is on its way to rescue
}

// lost answers what no route takes: 405 when another method would do, else 404.
func (s *server) lost(w http.ResponseWriter, r *http.Request) {
	allowed := s.allowed(r)
	if len(allowed) == 0 {
		s.fail(w, r, boon.Refuse(boon.ReasonNotFound, "There is nothing at this path; /docs lists what there is."))
		return
	}
	for _, method := range allowed {
		w.Header().Add("Allow", method)
	}
	p := problemOf(boon.Refuse(boon.ReasonInvalidRequest, "This path does not take %s; it takes %s.", r.Method, strings.Join(allowed, ", ")))
	p.Status = http.StatusMethodNotAllowed
	writeProblem(w, p, p)
}

func (s *server) allowed(r *http.Request) []string {
	var methods []string
	for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != "/" && pattern != "" {
			methods = append(methods, method)
		}
	}
	return methods
}

// requestIDFrom keeps the client's id when it is plain, else makes one.
func requestIDFrom(r *http.Request) string {
	if id := r.Header.Get(headerRequestID); plainID(id) {
		return id
	}
	var raw [8]byte
	_, _ = rand.Read(raw[:])
	return hex.EncodeToString(raw[:])
}

func plainID(id string) bool {
	for i := range len(id) {
		c := id[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return id != "" && len(id) <= 64
}

func requestID(w http.ResponseWriter) string { return w.Header().Get(headerRequestID) }
