package api

import "context"

func (e *engine) Profile(_ context.Context, ref Ref) (Profile, error) {
	e.ref = ref
	return Profile{ID: "prf_1", Features: map[string]any{"orders_90d": 2}}, e.err
}

func (e *engine) Fired(_ context.Context, ref Ref) ([]Fired, error) {
	e.ref = ref
	return []Fired{{DecisionID: "dec_2", Trigger: "leaving", Placements: []Placed{}}, {DecisionID: "dec_1", Trigger: "lapsing", Placements: []Placed{}}}, e.err
}
