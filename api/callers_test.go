package api

import (
	"context"
	"testing"
)

// Each key has a name of its own for the turns at the ledger, the same in every call.
func TestEveryKeyIsACallerOfItsOwn(t *testing.T) {
	var named []string
	from := func(ctx context.Context, caller string) context.Context {
		named = append(named, caller)
		return ctx
	}
	h := New(Config{Version: "test", TokenKey: make([]byte, 32), From: from}, newEngine().ports())
	for _, key := range []string{fullKey, readKey, fullKey} {
		wantStatus(t, call(t, h, "GET", "/v1/budgets", key, ""), 200)
	}
	if len(named) != 3 || named[0] == "" || named[0] == named[1] || named[0] != named[2] {
		t.Errorf("callers %q", named)
	}
}
