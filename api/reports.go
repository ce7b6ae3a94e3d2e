package api

import (
	"context"
	"math"
	"net/http"
	"time"

	"boon"
	"boon/govern"
)

// Reports tells what was measured. Fairness reports on every bound, by id, over its window up to a day (of UTC).
type Reports interface {
	Fairness(ctx context.Context, until time.Time) ([]FairnessReport, error)
}

type fairnessAnswer struct {
	Bounds []FairnessReport `json:"bounds"`
}

// FairnessReport is what was measured under one bound on fairness.
type FairnessReport struct {
	Bound    string           `json:"bound"`
	By       string           `json:"by" doc:"what splits people into groups, such as trait gender"`
	Outcome  boon.FairOutcome `json:"outcome" doc:"offered, or value"`
	Ratio    boon.Micros      `json:"ratio" doc:"the bound"`
	AtLeast  int64            `json:"atLeast" doc:"people in a group before it is compared"`
	Action   string           `json:"action" doc:"alarm, or pause"`
	From     string           `json:"from" doc:"first day of the window, UTC"`
	Until    string           `json:"until" doc:"last day of the window, UTC"`
	Compared []Compared       `json:"compared" doc:"all that the bound covers together, then each offer or campaign that was given"`
}

// Compared is how groups fared by one offer, one campaign, or all.
type Compared struct {
	Kind     string          `json:"kind" doc:"all, offer or campaign"`
	ID       string          `json:"id,omitempty"`
	Since    string          `json:"since,omitempty" doc:"counted from this day only: the day before, a pause of it was ended"`
	Watched  bool            `json:"watched" doc:"the bound acts on this; the rest is told for information"`
	Groups   []ComparedGroup `json:"groups"`
	Verdict  govern.Equality `json:"verdict" doc:"too_few, within, unsure (a ratio is below the bound, and chance may be why) or unequal"`
	Worst    *ComparedGap    `json:"worst,omitempty" doc:"the two groups that the verdict is about"`
	Sentence string          `json:"sentence"`
}

// ComparedGroup is what was counted of one group.
type ComparedGroup struct {
	Group    string      `json:"group"`
	People   int64       `json:"people" doc:"for whom a decision was taken, each once"`
	Favoured int64       `json:"favoured" doc:"of them those who were granted an offer"`
	Rate     float64     `json:"rate" doc:"favoured by people; where the outcome is value, minor units a person"`
	Value    *boon.Money `json:"value,omitempty" doc:"that budgets set aside for them, where the outcome is value"`
	Ratio    *float64    `json:"ratio,omitempty" doc:"adverse impact ratio: the rate by the best rate of a group that is large enough"`
}

// ComparedGap holds the group that fares worse against one that fares better.
type ComparedGap struct {
	Low        string      `json:"low"`
	High       string      `json:"high"`
	Ratio      float64     `json:"ratio" doc:"adverse impact ratio: the lower rate by the higher"`
	Difference float64     `json:"difference" doc:"statistical parity difference: the higher rate less the lower"`
	From       float64     `json:"from" doc:"of the difference's interval at 95%"`
	To         float64     `json:"to"`
	P          float64     `json:"p" doc:"two-sided: probability of such a difference where there is none"`
	Level      float64     `json:"level" doc:"what p has to be below: the bound's alpha, shared over all that it compares within its window"`
	Test       govern.Test `json:"test" doc:"fisher, z or welch"`
}

// NewCompared writes a finding for the wire; amounts are of currency c.
func NewCompared(bound boon.Fairness, groups []govern.Group, f govern.Finding, c boon.Currency) Compared {
	value := bound.Outcome == boon.FairValue
	out := Compared{Kind: "all", Groups: make([]ComparedGroup, len(groups)), Verdict: f.Verdict, Sentence: f.Sentence(bound, c)}
	for i, g := range groups {
		out.Groups[i] = ComparedGroup{Group: g.Name, People: g.Units, Favoured: g.Favoured, Rate: g.Rate(value)}
		if value {
			out.Groups[i].Value = &boon.Money{Minor: g.Value, Currency: c}
		}
		if ratio := govern.Against(g, groups, bound); !math.IsNaN(ratio) && !math.IsInf(ratio, 0) {
			out.Groups[i].Ratio = &ratio
		}
	}
	if g := f.Gap; f.Verdict != govern.TooFew {
		out.Worst = &ComparedGap{g.Low, g.High, g.Ratio, g.Difference, g.From, g.To, g.P, f.Level, g.Test}
	}
	return out
}

func (s *server) fairness(w http.ResponseWriter, r *http.Request, _ caller) error {
	until := s.now()
	if text := r.URL.Query().Get("until"); text != "" {
		var err error
		if until, err = time.Parse(time.DateOnly, text); err != nil {
			return boon.Invalid("until", "%q is not a day such as 2026-01-31.", text)
		}
	}
	all, err := s.ports.Reports.Fairness(r.Context(), until)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, fairnessAnswer{notNil(all)})
}
