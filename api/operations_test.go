package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"boon"
	"boon/ledger/journal"
)

func TestFeeds(t *testing.T) {
	for media, format := range map[string]string{
		"application/json": "json", "application/x-ndjson": "jsonl", "text/csv; charset=utf-8": "csv", "text/tab-separated-values": "tsv",
	} {
		for _, kind := range []string{"products", "inventory", "prices"} {
			e := newEngine()
			w := call(t, e.handler(), "PUT", "/v1/"+kind+":batch", fullKey, "id\nA1\n", "Content-Type", media)
			wantStatus(t, w, 200)
			if e.feed.Kind != kind || e.feed.Format != format || e.feedBody != "id\nA1\n" {
				t.Errorf("%s as %s: %+v %q", kind, media, e.feed, e.feedBody)
			}
			want := `{"read":2,"accepted":1,"refused":1,"refusals":[{"line":2,"reason":"invalid_request","detail":"No id.","field":"id"}]}`
			if got := strings.TrimSpace(w.Body.String()); got != want {
				t.Error(got)
			}
		}
	}
	w := call(t, newEngine().handler(), "PUT", "/v1/products:batch", fullKey, "x", "Content-Type", "image/png")
	if p := problemIn(t, w); p.Field != "Content-Type" {
		t.Errorf("%+v", p)
	}
}

func TestBundles(t *testing.T) {
	e := newEngine()
	h := e.handler()
	for query, dry := range map[string]bool{"": false, "?dry-run=1": true, "?dry-run=0": false, "?dry-run": true, "?dry-run=true": true} {
		for _, method := range []string{"PUT", "POST"} {
			w := call(t, h, method, "/v1/bundle"+query, fullKey, "kind: Shop\n", "Content-Type", "text/yaml")
			wantStatus(t, w, 200)
			if e.dryRun != dry || e.bundle != "kind: Shop\n" || e.author != "full" {
				t.Errorf("%s%s: %v %q by %q", method, query, e.dryRun, e.bundle, e.author)
			}
		}
	}
	wantStatus(t, call(t, h, "PUT", "/v1/bundle?dry-run=maybe", fullKey, ""), 400)
	w := call(t, h, "GET", "/v1/bundle", readKey, "")
	if w.Body.String() != "kind: Shop\n" || w.Header().Get("Content-Type") != "application/yaml" {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
	e.err = &boon.Error{Reason: boon.ReasonInvalidRequest, Detail: "No such field.", Line: 4, Column: 2}
	p := problemIn(t, call(t, h, "PUT", "/v1/bundle", fullKey, "x"))
	if p.Line != 4 || p.Column != 2 {
		t.Errorf("%+v", p)
	}
}

func TestProfileRefs(t *testing.T) {
	known := testID(boon.NamespaceUser, "u1")
	for ref, want := range map[string]Ref{
		"prf_1": {ID: "prf_1"}, "user:u1": {Identifier: known}, known.String(): {Identifier: known},
		"email:a:b@example.com": {Identifier: testID(boon.NamespaceEmail, "a:b@example.com")},
	} {
		e := newEngine()
		wantStatus(t, call(t, e.handler(), "GET", "/v1/profiles/"+ref, readKey, ""), 200)
		if want.Asked = ref; e.ref != want {
			t.Errorf("%s is %+v", ref, e.ref)
		}
	}
	for _, bad := range []string{"u1", "user:", "car:u1"} {
		w := call(t, newEngine().handler(), "GET", "/v1/profiles/"+bad, readKey, "")
		if p := problemIn(t, w); w.Code != 400 || p.Field != "ref" {
			t.Errorf("%s: %+v", bad, p)
		}
	}
}

func TestDecisionsOfTriggersAreListedByTrigger(t *testing.T) {
	h := newEngine().handler()
	for path, want := range map[string]string{
		"/v1/profiles/user:u1/decisions":                 `{"decisions":[{"decisionId":"dec_2"`,
		"/v1/profiles/user:u1/decisions?trigger=lapsing": `{"decisions":[{"decisionId":"dec_1"`,
		"/v1/profiles/user:u1/decisions?trigger=other":   `{"decisions":[]}`,
	} {
		if w := call(t, h, "GET", path, fullKey, ""); w.Code != 200 || !strings.HasPrefix(w.Body.String(), want) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestUnlink(t *testing.T) {
	e := newEngine()
	h := e.handler()
	wantStatus(t, call(t, h, "POST", "/v1/profiles/unlink", fullKey, `{"a":"user:u1","b":"anonymous:a1"}`), 200)
	if want := []boon.Identifier{testID(boon.NamespaceUser, "u1"), testID(boon.NamespaceAnonymous, "a1")}; !slices.Equal(e.cut, want) {
		t.Errorf("cut %v", e.cut)
	}
	for _, bad := range []string{`{}`, `{"a":"user:u1"}`, `{"a":"prf_1","b":"user:u1"}`} {
		wantStatus(t, call(t, h, "POST", "/v1/profiles/unlink", fullKey, bad), 400)
	}
}

func TestBooksAndLists(t *testing.T) {
	h := newEngine().handler()
	for path, want := range map[string]string{
		"/v1/ledger/verify":   `{"balanced":true,"checked":{"entries":3,"grants":2,"redemptions":0,"accounts":4,"acts":0},"findings":[],"journal":{"seq":3,"hash":"0000000000000000000000000000000000000000000000000000000000000001"}}`,
		"/v1/audit/verify":    `{"balanced":false,"checked":{"entries":0,"grants":0,"redemptions":0,"accounts":0,"acts":1},"findings":[{"rule":"chain","subject":"audit","detail":"link 1 is broken"}]}`,
		"/v1/ledger/balances": `{"balances":[{"budget":"spring","account":"available","balance":{"amount":"49.90","currency":"USD"}}]}`,
		"/v1/budgets": `{"budgets":[{"budget":"spring","period":"day","now":"2026-01-05","amount":{"amount":"5.00","currency":"USD"},"left":{"amount":"2.00","currency":"USD"},` +
			`"ceiling":{"covers":{"kind":"shop"},"measure":"spend","under":{"amount":"3.00","currency":"USD"}}}]}`,
		"/v1/ledger/entries?limit=1&after=0": `{"entries":[{"seq":1,"id":"ent_1","at":"2026-01-05T12:00:00Z","transition":"fund","hash":"0000000000000000000000000000000000000000000000000000000000000000","postings":[` +
			`{"budget":"spring","account":"funding","amount":{"amount":"-5.00","currency":"USD"}},{"budget":"spring","account":"available","amount":{"amount":"5.00","currency":"USD"}}]}],` +
			`"next":1,"last":9,"timezone":"UTC"}`,
		"/v1/ledger/closings": `{"closings":[{"day":"2026-01-31","until":"2026-01-05T12:00:00Z","at":"2026-01-05T12:00:00Z","by":"ada","head":{"seq":0,"hash":"0000000000000000000000000000000000000000000000000000000000000000"},` +
			`"balances":[{"budget":"spring","account":"available","balance":{"amount":"0.05","currency":"USD"}}]}]}`,
		"/v1/experiments": `{"experiments":[{"key":"depth","campaign":"spring","unit":"profile","arms":[{"id":"control","weight":1},{"id":"five","weight":1,"values":["5"]}],"hypothesis":"Five earns more than none",` +
			`"metric":"net_contribution","mde":"0.05","power":"0.8","alpha":"0.05","minimumWeeks":2,"lossBudget":{"amount":"500.00","currency":"USD"},"split":false}]}`,
		"/v1/releases":                `{"releases":[]}`,
		"/v1/approvals":               `{"proposals":[{"id":"prp_1","at":"2026-01-05T12:00:00Z","by":"ada","base":"rel_1","release":"rel_2","changes":"~ Budget x\n","state":"open"}]}`,
		"/v1/keys":                    `{"keys":[{"name":"ada","scopes":["read"],"at":"2026-01-05T12:00:00Z"}]}`,
		"/v1/audit?before=5&limit=10": `{"entries":[]}`,
		"/v1/profiles/prf_1":          `{"id":"prf_1","identifiers":[],"links":[],"features":{"orders_90d":2},"consent":{"choices":[]}}`,
		"/healthz":                    `{"status":"ok","version":"test"}`,
		"/readyz":                     `{"status":"ready","version":"test"}`,
	} {
		w := call(t, h, "GET", path, readKey, "")
		if got := strings.TrimSpace(w.Body.String()); w.Code != 200 || got != want {
			t.Errorf("%s: %d %s", path, w.Code, got)
		}
	}
	for _, bad := range []string{"/v1/audit?limit=0", "/v1/audit?before=x", "/v1/ledger/entries?limit=10001", "/v1/ledger/entries?after=-1", "/v1/ledger/verify?head=3", "/v1/ledger/verify?audit-head=0:00", "/v1/audit/verify?head=x:y", "/v1/releases?limit=1001"} {
		wantStatus(t, call(t, h, "GET", bad, readKey, ""), 400)
	}
}

func TestNotReady(t *testing.T) {
	e := newEngine()
	e.err = boon.Refuse(boon.ReasonUnavailable, "opening")
	w := call(t, e.handler(), "GET", "/readyz", "", "")
	wantStatus(t, w, 503)
	if !strings.Contains(w.Body.String(), "opening") {
		t.Errorf("it does not say why: %s", w.Body)
	}
	if w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	wantStatus(t, call(t, e.handler(), "GET", "/healthz", "", ""), 200)
	e.err, e.note = nil, "see to this"
	if w := call(t, e.handler(), "GET", "/readyz", "", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"detail":"see to this"`) {
		t.Errorf("ready with a note: %d %s", w.Code, w.Body)
	}
}

// The document and the table hold the same routes, and every reference in it leads somewhere.
func TestOpenAPIIsTheTable(t *testing.T) {
	h := newEngine().handler()
	w := call(t, h, "GET", "/openapi.json", "", "")
	wantStatus(t, w, 200)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Summary     string
			Security    []map[string][]string
			Scope       Scope `json:"x-scope"`
			Parameters  []struct{ Name, In string }
		}
		Components struct{ Schemas map[string]json.RawMessage }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	written := 0
	for _, methods := range doc.Paths {
		written += len(methods)
	}
	for _, r := range routes() {
		op, ok := doc.Paths[r.pattern][strings.ToLower(r.method)]
		if !ok || op.Summary == "" || op.Scope != r.scope || ids[op.OperationID] {
			t.Errorf("%s %s is not in the document, or not as it is: %+v", r.method, r.pattern, op)
		}
		if (len(op.Security) == 0) != (r.opens == anyone) {
			t.Errorf("%s %s: security %v", r.method, r.pattern, op.Security)
		}
		ids[op.OperationID] = true
	}
	if doc.OpenAPI != "3.1.0" || written != len(routes()) {
		t.Errorf("%s, %d operations for %d routes", doc.OpenAPI, written, len(routes()))
	}
	if strings.Contains(w.Body.String(), `"type":""`) {
		t.Error("a Go type has no JSON Schema: name it in schema.go")
	}
	for _, part := range strings.Split(w.Body.String(), `"#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if schema := doc.Components.Schemas[name]; len(schema) == 0 || string(schema) == "null" {
			t.Errorf("the schema %s is missing", name)
		}
	}
}

// What the server answers is what the document says: a sample of answers, member by member.
func TestAnswersHaveTheDocumentsMembers(t *testing.T) {
	h := newEngine().handler()
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]json.RawMessage
				Required   []string
			}
		}
	}
	if err := json.Unmarshal(call(t, h, "GET", "/openapi.json", "", "").Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	for name, w := range map[string]string{
		"WalletAnswer":   call(t, h, "GET", "/v1/wallet?userId=u1", fullKey, "").Body.String(),
		"DecisionAnswer": call(t, h, "POST", "/v1/decisions", fullKey, cartDecision).Body.String(),
		"Reserved":       call(t, h, "POST", "/v1/reservations", fullKey, spring).Body.String(),
		"Loaded":         call(t, h, "PUT", "/v1/prices:batch", fullKey, "x", "Content-Type", "text/csv").Body.String(),
		"Problem":        call(t, h, "GET", "/nowhere", "", "").Body.String(),
	} {
		var got map[string]json.RawMessage
		if err := json.Unmarshal([]byte(w), &got); err != nil {
			t.Fatal(err)
		}
		schema := doc.Components.Schemas[name]
		for member := range got {
			if schema.Properties[member] == nil {
				t.Errorf("%s.%s is not documented", name, member)
			}
		}
		for _, member := range schema.Required {
			if got[member] == nil {
				t.Errorf("%s.%s is missing in %s", name, member, w)
			}
		}
	}
}

func TestDocsPageNeedsNothingFromElsewhere(t *testing.T) {
	w := call(t, newEngine().handler(), "GET", "/docs", "", "")
	wantStatus(t, w, 200)
	for _, outside := range []string{"https://", "http://", "src=", "@import"} {
		if strings.Contains(w.Body.String(), outside) {
			t.Errorf("the page names %s", outside)
		}
	}
	if !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("the page's policy lets more in than it needs")
	}
}

// What the books are asked for is what the caller said.
func TestBooksAreAskedAsTheCallerSays(t *testing.T) {
	e := newEngine()
	h := e.handler()
	hash := strings.Repeat("ab", 32)
	wantStatus(t, call(t, h, "GET", "/v1/ledger/verify?head=7:"+hash+"&audit-head=8:"+hash, readKey, ""), 200)
	if e.noted.Journal.String() != "7:"+hash || e.noted.Audit.String() != "8:"+hash {
		t.Errorf("%+v", e.noted)
	}
	wantStatus(t, call(t, h, "GET", "/v1/audit/verify?head=9:"+hash, readKey, ""), 200)
	if e.noted.Audit.String() != "9:"+hash {
		t.Errorf("%+v", e.noted)
	}
	for body, want := range map[string]string{`{"until":"2026-01-31"}`: "2026-01-31 full full", `{"until":"2026-01-31","by":"ada"}`: "2026-01-31 ada full"} {
		if wantStatus(t, call(t, h, "POST", "/v1/ledger/closings", fullKey, body), 201); e.closed != want {
			t.Errorf("%s closes %q", body, e.closed)
		}
	}
	wantStatus(t, call(t, h, "POST", "/v1/ledger/closings", readKey, `{"until":"2026-01-31"}`), 403)
	wantStatus(t, call(t, h, "GET", "/v1/ledger/entries?after=5&limit=6&budget=b&grant=g&order=o", readKey, ""), 200)
	if want := (journal.Query{After: 5, Limit: 6, Budget: "b", Grant: "g", Order: "o"}); e.query != want {
		t.Errorf("%+v", e.query)
	}
}

func TestApprovalsAndKeys(t *testing.T) {
	for _, c := range []struct {
		method, path, body string
		status             int
		asked              string
	}{
		{"POST", "/v1/releases?note=Easter", "kind: Shop\n", 201, "kind: Shop\n by full: Easter"},
		{"POST", "/v1/approvals/prp_1/approve", `{"reply":"go"}`, 200, "approve prp_1fullgo"},
		{"POST", "/v1/approvals/prp_1/reject", `{}`, 200, "reject prp_1full"},
		{"POST", "/v1/approvals/prp_1/approve", `{"note":"go"}`, 400, ""},
		{"POST", "/v1/keys", `{"name":"bob","scopes":["read"],"until":"2030-01-01"}`, 400, ""},
		{"POST", "/v1/keys", `{"name":"bob","scopes":["read","approve"]}`, 201, "bob[read approve]full"},
		{"POST", "/v1/keys", `{"name":"b b","scopes":["read"]}`, 400, ""},
		{"POST", "/v1/keys", `{"name":"bob","scopes":[]}`, 400, ""},
		{"POST", "/v1/keys", `{"name":"bob","scopes":["rule"]}`, 400, ""},
		{"POST", "/v1/releases/rel_1/rollback", "", 200, "roll back rel_1 full"},
		{"DELETE", "/v1/keys/bob", "", 200, "drop bob full"},
	} {
		e := newEngine()
		w := call(t, e.handler(), c.method, c.path, fullKey, c.body)
		if w.Code != c.status || e.asked != c.asked || strings.Contains(w.Body.String(), "source") {
			t.Errorf("%s %s: %d, asked %q: %s", c.method, c.path, w.Code, e.asked, w.Body)
		}
		wantStatus(t, call(t, e.handler(), c.method, c.path, readKey, c.body), 403)
	}
}
