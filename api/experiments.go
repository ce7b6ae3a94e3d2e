package api

import (
	"net/http"

	"boon"
)

// Experiments lists those of the live release, in the order of the bundle.
type Experiments interface {
	Experiments() []boon.Experiment
}

type experimentsAnswer struct {
	Experiments []experimentAnswer `json:"experiments"`
}

// experimentAnswer is an experiment as it was registered.
type experimentAnswer struct {
	Key          string      `json:"key" doc:"its id, by which decisions tell the arm"`
	Campaign     string      `json:"campaign" doc:"whose offers it varies"`
	Unit         string      `json:"unit" doc:"what is assigned to an arm: profile, session or geo"`
	Arms         []boon.Arm  `json:"arms"`
	Hypothesis   string      `json:"hypothesis"`
	Metric       string      `json:"metric"`
	MDE          boon.Micros `json:"mde" doc:"the smallest effect worth finding, relative to control"`
	Power        boon.Micros `json:"power"`
	Alpha        boon.Micros `json:"alpha"`
	MinimumWeeks int         `json:"minimumWeeks"`
	LossBudget   *boon.Money `json:"lossBudget,omitempty"`
	Split        bool        `json:"split" doc:"budget and total caps are split over the arms"`
}

func (s *server) experiments(w http.ResponseWriter, _ *http.Request, _ caller) error {
	out, currency := experimentsAnswer{[]experimentAnswer{}}, s.ports.Shop.Shop().Currency
	for _, x := range s.ports.Experiments.Experiments() {
		a := experimentAnswer{x.ID, x.Campaign, x.Unit, x.Arms, x.Hypothesis, x.Metric, x.MDE, x.Power, x.Alpha, x.MinimumWeeks, nil, x.Split}
		if x.LossBudget > 0 {
			a.LossBudget = &boon.Money{Minor: x.LossBudget, Currency: currency}
		}
		out.Experiments = append(out.Experiments, a)
	}
	return writeJSON(w, http.StatusOK, out)
}
