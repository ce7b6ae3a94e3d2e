package api

import (
	"context"
	"fmt"
	"time"

	"boon"
	"boon/redeem"
)

// ring is apart, since releases are listed too.
type ring struct{ e *engine }

func (k ring) List(context.Context) ([]boon.AccessKey, error) {
	return []boon.AccessKey{{Name: "ada", Scopes: []string{"read"}, At: noon}}, k.e.err
}

func (k ring) Add(_ context.Context, name string, scopes []Scope, by string) (string, error) {
	k.e.asked = fmt.Sprint(name, scopes, by)
	return "secret", k.e.err
}

func (k ring) Drop(_ context.Context, name, by string) error {
	k.e.asked = fmt.Sprint("drop ", name, " ", by)
	return k.e.err
}

func (e *engine) Propose(_ context.Context, bundle []byte, author, note string) (boon.Proposal, error) {
	e.asked = fmt.Sprintf("%s by %s: %s", bundle, author, note)
	return boon.Proposal{ID: "prp_1", At: noon, By: author, State: boon.ProposalOpen, Source: []byte("secret")}, e.err
}

func (e *engine) Approve(_ context.Context, id, by, reply string) (boon.Proposal, error) {
	e.asked = fmt.Sprint("approve ", id, by, reply)
	return boon.Proposal{ID: id}, e.err
}

func (e *engine) Reject(_ context.Context, id, by, reply string) (boon.Proposal, error) {
	e.asked = fmt.Sprint("reject ", id, by, reply)
	return boon.Proposal{ID: id}, e.err
}

func (e *engine) Proposals(context.Context, int) ([]boon.Proposal, error) {
	return []boon.Proposal{{ID: "prp_1", At: noon, By: "ada", Base: "rel_1", Release: "rel_2", Changes: "~ Budget x\n", State: boon.ProposalOpen, Source: []byte("x")}}, e.err
}

func (e *engine) Budgets(context.Context) ([]redeem.BudgetState, error) {
	return []redeem.BudgetState{{Budget: "spring", Period: boon.PeriodDay, Now: "2026-01-05", Amount: boon.Money{Minor: 500, Currency: "USD"}, Left: boon.Money{Minor: 200, Currency: "USD"},
		Ceiling: &redeem.CeilingState{Covers: boon.Covers{Kind: "shop"}, Measure: "spend", Under: boon.Money{Minor: 300, Currency: "USD"}}}}, e.err
}

func (e *engine) Experiments() []boon.Experiment {
	return []boon.Experiment{{ID: "depth", Campaign: "spring", Unit: "profile", Arms: []boon.Arm{{ID: "control", Weight: 1}, {ID: "five", Weight: 1, Values: []boon.Micros{5 * boon.Unit}}},
		Hypothesis: "Five earns more than none", Metric: "net_contribution", MDE: boon.Unit / 20, Power: boon.Unit / 5 * 4, Alpha: boon.Unit / 20, MinimumWeeks: 2, LossBudget: 50000}}
}

func (e *engine) Fairness(_ context.Context, until time.Time) ([]FairnessReport, error) {
	e.asked = until.Format(time.DateOnly)
	return []FairnessReport{{Bound: "alike", Compared: []Compared{}}}, e.err
}
