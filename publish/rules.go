package publish

import (
	"time"

	"boon"
)

var campaignFields = object[boon.Campaign]{
	is("id", identifier("id"), func(c *boon.Campaign) *string { return &c.ID }, idDoc).required(),
	is("budget", identifier("Budget id"), func(c *boon.Campaign) *string { return &c.Budget }, "Funds its offers."),
	is("holdout", share, func(c *boon.Campaign) *boon.Micros { return &c.Holdout }, "Share of profiles that never get its offers, for measurement."),
	is("starts", instant, func(c *boon.Campaign) *time.Time { return &c.Starts }, "Not before."),
	is("ends", instant, func(c *boon.Campaign) *time.Time { return &c.Ends }, "Not at or after. Grants already given keep their life."),
	is("paused", truth, func(c *boon.Campaign) *bool { return &c.Paused }, "Offers nothing; grants already given stay good."),
	is("caps", nested(capFields), func(c *boon.Campaign) *boon.Caps { return &c.Caps }, "How often its offers can be acquired, all of them together."),
}

var placementFields = object[boon.Placement]{
	is("id", identifier("id"), func(p *boon.Placement) *string { return &p.ID }, idDoc).required(),
	is("channel", channelWord, func(p *boon.Placement) *string { return &p.Channel }, "By which it reaches the shopper.").required(),
	is("capacity", whole[int](1, 100), func(p *boon.Placement) *int { return &p.Capacity }, "Offers at once.").otherwise("1"),
}

var channelFields = object[boon.Channel]{
	is("id", channelWord, func(c *boon.Channel) *string { return &c.ID }, "The channel.").required(),
	is("cost", amount, func(c *boon.Channel) *int64 { return &c.Cost }, "Of one message."),
	is("consent", word("analytics", "personalization", "email", "sms", "push", "probabilistic_linking", "model_training", "sale", "marketing"), func(c *boon.Channel) *string { return &c.Consent }, "The purpose that a shopper must have agreed to."),
}

var segmentFields = object[boon.Segment]{
	is("id", identifier("id"), func(s *boon.Segment) *string { return &s.ID }, idDoc).required(),
	is("where", expression, func(s *boon.Segment) *string { return &s.Where }, "CEL; who is in it.").required(),
}

var holdoutFields = object[boon.Holdout]{
	is("id", word("universal"), func(h *boon.Holdout) *string { return &h.ID }, "Campaigns have a holdout field of their own.").required(),
	is("share", share, func(h *boon.Holdout) *boon.Micros { return &h.Share }, "Of profiles. A larger share keeps those who are held out already.").required(),
	is("salt", textual, func(h *boon.Holdout) *string { return &h.Salt }, "Another salt draws another sample: those held out until now no longer are."),
}

var experimentFields = object[boon.Experiment]{
	is("id", identifier("id"), func(e *boon.Experiment) *string { return &e.ID }, idDoc).required(),
	is("campaign", identifier("Campaign id"), func(e *boon.Experiment) *string { return &e.Campaign }, "Whose offers it varies.").required(),
	is("unit", word("profile", "session", "geo"), func(e *boon.Experiment) *string { return &e.Unit }, "What is assigned to an arm.").otherwise("profile"),
	is("arms", records(nested(armFields)), func(e *boon.Experiment) *[]boon.Arm { return &e.Arms }, "Two or more.").required(),
	is("hypothesis", textual, func(e *boon.Experiment) *string { return &e.Hypothesis }, "What is claimed, in a sentence.").required(),
	is("metric", identifier("word"), func(e *boon.Experiment) *string { return &e.Metric }, "What it is judged by.").otherwise("net_contribution"),
	is("mde", decimal("decimal", "0.000001", "1000000"), func(e *boon.Experiment) *boon.Micros { return &e.MDE }, "The smallest effect worth finding, relative to control.").required(),
	is("power", probability, func(e *boon.Experiment) *boon.Micros { return &e.Power }, "Probability of finding it.").otherwise("0.8"),
	is("alpha", probability, func(e *boon.Experiment) *boon.Micros { return &e.Alpha }, "Probability of finding one that is not there.").otherwise("0.05"),
	is("minimumWeeks", whole[int](1, 104), func(e *boon.Experiment) *int { return &e.MinimumWeeks }, "Whole weeks that it runs at least.").otherwise("2"),
	is("lossBudget", amount, func(e *boon.Experiment) *int64 { return &e.LossBudget }, "It stops when it has probably cost more than this."),
	is("split", truth, func(e *boon.Experiment) *bool { return &e.Split }, "The campaign's budget and its offers' total caps are split over the arms by weight, so that no arm takes what is another's. The arm `control` gets no part."),
}

var probability = decimal("share 0..1", "0.000001", "0.999999")

var armFields = object[boon.Arm]{
	is("id", identifier("id"), func(a *boon.Arm) *string { return &a.ID }, "Its name in the experiment. The arm `control` gets nothing.").required(),
	is("weight", whole[int64](1, 1e6), func(a *boon.Arm) *int64 { return &a.Weight }, "Its part of the units, relative to the other arms.").otherwise("1"),
	is("offers", list(identifier("Offer id")), func(a *boon.Arm) *[]string { return &a.Offers }, "Only these of the campaign's offers."),
	is("values", list(level), func(a *boon.Arm) *[]boon.Micros { return &a.Values }, "Only these of the offers' values."),
}
