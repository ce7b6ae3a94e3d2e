package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"boon"
)

// path fills the variables of a pattern.
func path(r *route) string {
	return strings.NewReplacer("{writeKey}", browseKey, "{id}", "dec_1", "{ref}", "prf_1", "{reason}", "expired", "{key}", "cart_drawer").Replace(r.pattern)
}

func mint(t *testing.T, h http.Handler, profile string) string {
	t.Helper()
	w := call(t, h, "POST", "/v1/tokens", fullKey, `{"profile":`+profile+`,"ttl":"10m"}`)
	wantStatus(t, w, 200)
	var out tokenAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out.Token
}

// anyCall is a body that every event route can read.
const anyCall = `{"userId":"u1","event":"x","groupId":"g","previousId":"p","batch":[{"type":"page","userId":"u1"}]}`

// Every row of the table against every kind of caller: who is let in follows from the row alone.
func TestWhoMayCallWhat(t *testing.T) {
	e := newEngine()
	e.picks = picked()
	h := e.handler()
	token := mint(t, h, `{"userId":"u1"}`)
	for _, r := range routes() {
		callers := []struct {
			name, key string
			want      int // 0: let in
		}{
			{"nobody", "", blocked(r.scope != "" && r.opens != anyone, 401)},
			{"an unknown key", "sk_none", blocked(r.scope != "" && r.opens != anyone, 401)},
			{"a write key", browseKey, blocked(r.opens >= serverKey, 403)},
			{"a read key", readKey, blocked(r.opens != anyone && r.scope != ScopeRead, 403)},
			{"a token", token, blocked(r.opens != anyone && r.opens < shopper, 403)},
			{"a key of all scopes", fullKey, 0},
		}
		for _, c := range callers {
			w := call(t, h, r.method, path(&r), c.key, anyCall)
			refused := 0
			if w.Code == 401 || w.Code == 403 {
				refused = w.Code
			}
			if refused != c.want {
				t.Errorf("%s %s by %s: %d, want %d (0 is let in): %s", r.method, r.pattern, c.name, w.Code, c.want, w.Body)
			}
		}
	}
}

func blocked(yes bool, status int) int {
	if yes {
		return status
	}
	return 0
}

func TestATokenOpensOneProfileOnly(t *testing.T) {
	e := newEngine()
	h := e.handler()
	token := mint(t, h, `{"userId":"u1","anonymousId":"a1"}`)
	if len(e.asserted) != 1 || len(e.asserted[0]) != 2 {
		t.Errorf("minting for two ids asserts their link once: %v", e.asserted)
	}
	for query, want := range map[string]int{
		"": 200, "?userId=u1": 200, "?anonymousId=a1&userId=u1": 200, "?userId=u2": 403, "?email=v@example.com": 403, "?userId=u1&anonymousId=a2": 403,
	} {
		e.owners = nil
		w := call(t, h, "GET", "/v1/wallet"+query, token, "")
		if w.Code != want {
			t.Errorf("wallet%s is %d, want %d", query, w.Code, want)
		}
		if want == 200 && (len(e.owners) != 2 || e.owners[0] != testID(boon.NamespaceUser, "u1")) {
			t.Errorf("wallet%s was asked for %v", query, e.owners)
		}
	}
	w := call(t, h, "POST", "/v1/decisions", token, `{"profile":{"userId":"u2"},"placements":["p"]}`)
	wantStatus(t, w, 403)
	w = call(t, h, "POST", "/v1/decisions", token, `{"placements":["p"]}`)
	wantStatus(t, w, 200)
	if len(e.asserted) != 1 {
		t.Error("a token asserted a link")
	}
	for _, inside := range []string{`"explain":true`, `"dryRun":true`} {
		w = call(t, h, "POST", "/v1/decisions", token, `{"placements":["p"],`+inside+`}`)
		wantStatus(t, w, 403)
	}
}

func TestTokensThatAreNotOurs(t *testing.T) {
	e := newEngine()
	h := e.handler()
	token := mint(t, h, `{"userId":"u1"}`)
	body, mac, _ := strings.Cut(token, ".")
	other, _ := tokens{[]byte("another key, another key, another")}.mint([]boon.Identifier{testID(boon.NamespaceUser, "u1")}, noon.Add(time.Hour))
	for name, forged := range map[string]string{
		"no signature": body, "half a signature": token[:len(token)-4], "another body": body[:len(body)-4] + "AAAA." + mac, "another key's": other, "noise": "bnt_!!!.!!!",
	} {
		if w := call(t, h, "GET", "/v1/wallet", forged, ""); w.Code != 401 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	e.now = noon.Add(9*time.Minute + 59*time.Second)
	wantStatus(t, call(t, h, "GET", "/v1/wallet", token, ""), 200)
	e.now = noon.Add(10 * time.Minute)
	wantStatus(t, call(t, h, "GET", "/v1/wallet", token, ""), 401)
}

func TestTokenRequests(t *testing.T) {
	h := newEngine().handler()
	for ttl, want := range map[string]string{"": "2026-01-05T13:00:00Z", "90s": "2026-01-05T12:01:30Z", "24h": "2026-01-06T12:00:00Z"} {
		w := call(t, h, "POST", "/v1/tokens", fullKey, `{"profile":{"userId":"u"},"ttl":"`+ttl+`"}`)
		if !strings.Contains(w.Body.String(), `"expiresAt":"`+want+`"`) {
			t.Errorf("ttl %q: %s", ttl, w.Body)
		}
	}
	for body, field := range map[string]string{
		`{}`:                                     "profile",
		`{"profile":{"userId":"null"}}`:          "profile.userId",
		`{"profile":{"userId":"u"},"ttl":"25h"}`: "ttl",
		`{"profile":{"userId":"u"},"ttl":"x"}`:   "ttl",
	} {
		w := call(t, h, "POST", "/v1/tokens", fullKey, body)
		wantStatus(t, w, 400)
		if got := problemIn(t, w).Field; got != field {
			t.Errorf("%s names %q, want %q", body, got, field)
		}
	}
}

func TestKeysAreLookedUpOnceInAWhile(t *testing.T) {
	e := newEngine()
	h := e.handler()
	for range 5 {
		call(t, h, "GET", "/v1/releases", fullKey, "")
	}
	if e.looked != 1 {
		t.Errorf("%d look-ups for five calls", e.looked)
	}
	e.now = e.now.Add(keyCacheLife)
	call(t, h, "GET", "/v1/releases", fullKey, "")
	if e.looked != 2 {
		t.Errorf("a revoked key would live on: %d look-ups", e.looked)
	}
}

func TestHowAWriteKeyTravels(t *testing.T) {
	h := newEngine().handler()
	basic := httptest.NewRequest("GET", "/", nil)
	basic.SetBasicAuth(browseKey, "")
	for name, c := range map[string]struct{ header, body string }{
		"basic":  {basic.Header.Get("Authorization"), `{"event":"x","userId":"u1"}`},
		"bearer": {"Bearer " + browseKey, `{"event":"x","userId":"u1"}`},
		"body":   {"", `{"event":"x","userId":"u1","writeKey":"` + browseKey + `"}`},
	} {
		w := call(t, h, "POST", "/v1/t", "", c.body, "Authorization", c.header, "Content-Type", "text/plain")
		if w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"success":true}` {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	w := call(t, h, "GET", "/v1/releases", "", "", "Authorization", basic.Header.Get("Authorization"))
	wantStatus(t, w, 401)
	if p := problemIn(t, w); !strings.Contains(p.Detail, "Authorization: Bearer") {
		t.Errorf("a key by Basic is told %q", p.Detail)
	}
	w = call(t, h, "POST", "/v1/b", "", `{"writeKey":"`+browseKey+`","batch":[{"type":"track","event":"x","userId":"u1"}]}`)
	wantStatus(t, w, 200)
}
