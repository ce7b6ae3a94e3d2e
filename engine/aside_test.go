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
		return strings.Count(told, ";") == 2 && strings.Contains(told, "parked events 1700000000000001;") && strings.Contains(told, "event 2;")
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

// An operator sees what could not be applied, and tries it again: what can be applied by now is, and the rest stays, with its newer reason.
func TestWhatIsSetAsideIsTriedAgain(t *testing.T) {
	s := startAfter(t, engine.Config{}, func(e *engine.Engine) {
		if err := e.Mistrust(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
	})
	s.want(200, serverKey, "POST", "/v1/track", `{"event":"Order Completed","userId":"u1","messageId":"m1","properties":{"order_id":"o1","total":20}}`)
	if err := s.Spoil(t.Context()); err != nil {
		t.Fatal(err)
	}
	aside := func() []any { return s.want(200, serverKey, "GET", "/v1/events/aside", "").at("events").([]any) }
	soon(t, "all are set aside", func() bool { return len(aside()) == 3 })
	first, second, parked := aside()[0].(map[string]any), aside()[1].(map[string]any), aside()[2].(map[string]any)
	if first["id"] != 1.0 || first["cause"] != "the disk was full" || first["waiting"] != false || second["id"] != 2.0 || second["event"] != nil {
		t.Fatalf("set aside are %v and %v", first, second)
	}
	if parked["id"] != 1_700_000_000_000_001.0 || parked["outage"] != true || parked["event"] != nil || parked["cause"] == "" || second["outage"] != nil {
		t.Fatalf("an outage left %v", parked)
	}
	s.want(404, serverKey, "POST", "/v1/events/aside/3/retry", "")
	s.want(400, serverKey, "POST", "/v1/events/aside/one/retry", "")
	s.want(403, writeKey, "POST", "/v1/events/aside/retry", "")
	if tried := s.want(202, serverKey, "POST", "/v1/events/aside/retry", "").at("events").([]any); len(tried) != 3 || tried[2].(map[string]any)["waiting"] != false {
		t.Fatalf("tried again are %v", tried)
	}
	soon(t, "one is applied", func() bool {
		all := aside()
		return len(all) == 2 && all[0].(map[string]any)["waiting"] == false
	})
	if left := aside()[1].(map[string]any); left["id"] != parked["id"] || left["at"] == parked["at"] {
		t.Errorf("left is %v, was %v", left, parked)
	}
	if left := aside()[0].(map[string]any); left["id"] != 2.0 || left["cause"] == second["cause"] || left["at"] == second["at"] {
		t.Errorf("left is %v, was %v", left, second)
	}
	if orders := s.want(200, serverKey, "GET", "/v1/profiles/user:u1", "").at("features").(map[string]any)["profile.orders"]; orders != 1.0 {
		t.Errorf("the buyer has %v orders, want the one that was tried again", orders)
	}
	s.want(202, serverKey, "POST", "/v1/events/aside/2/retry", "")
	soon(t, "it is set aside once more", func() bool {
		all := aside()
		return len(all) == 2 && all[0].(map[string]any)["waiting"] == false
	})
	retried := ""
	for _, entry := range s.want(200, serverKey, "GET", "/v1/audit", "").at("entries").([]any) {
		if a := entry.(map[string]any); a["action"] == "retried" {
			retried += a["object"].(string) + " by " + a["actor"].(string) + "; "
		}
	}
	if retried != "Event/2 by BOON_API_KEY; Event/1700000000000001 by BOON_API_KEY; Event/2 by BOON_API_KEY; Event/1 by BOON_API_KEY; " {
		t.Errorf("the audit has %s", retried)
	}
	s.ledgerHolds()
}
