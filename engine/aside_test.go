package engine_test

import (
	"context"
	"strings"
	"testing"

	"boon/engine"
)

// What cannot be applied is set aside and told to a human; what comes after it is applied, and a new start needs no help.
func TestWhatCannotBeAppliedStopsNothing(t *testing.T) {
	s := open(t, boutique)
	bought := func(who string) {
		s.want(200, serverKey, "POST", "/v1/track", `{"event":"Order Completed","userId":"`+who+`","properties":{"order_id":"o-`+who+`","total":20}}`)
	}
	counted := func(who string) func() bool {
		return func() bool {
			a := s.call(serverKey, "GET", "/v1/profiles/user:"+who, "")
			return a.status == 200 && a.at("features").(map[string]any)["profile.orders"] == 1.0
		}
	}
	bought("before")
	if err := s.Spoil(t.Context()); err != nil {
		t.Fatal(err)
	}
	bought("after")
	soon(t, "what came before is applied", counted("before"))
	soon(t, "what came after is applied", counted("after"))
	subjects := func() (all string) {
		for _, alarm := range s.want(200, serverKey, "GET", "/v1/alarms", "").at("alarms").([]any) {
			if a := alarm.(map[string]any); a["rule"] == "set_aside" {
				all += a["subject"].(string) + "; "
			}
		}
		return all
	}
	soon(t, "both alarms are there", func() bool {
		told := subjects()
		return strings.Count(told, ";") == 2 && strings.Contains(told, "parked events 1;") && strings.Contains(told, "event 2;")
	})
	s.ledgerHolds()
}

// A process that only looks, such as a command on a folder, passes what cannot be applied too.
func TestACommandPassesWhatCannotBeApplied(t *testing.T) {
	dir := t.TempDir()
	for _, spoil := range []bool{true, false} {
		e, err := engine.Open(context.Background(), engine.Config{Data: dir})
		if err != nil {
			t.Fatal(err)
		}
		if spoil {
			if err := e.Spoil(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.CatchUp(t.Context()); err != nil || !e.Current() {
			t.Errorf("spoilt just now %v: current %v, %v", spoil, e.Current(), err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
