package decide

import "boon"

func (m *members) decision(d *boon.Decision) {
	m.begin("decision", '{')
	m.text("id", d.ID)
	m.time("at", d.At)
	m.text("profileId", d.ProfileID)
	m.text("releaseId", d.ReleaseID)
	m.flag("personal", d.Personal)
	m.picks(d.Picks)
	m.libraryIf(len(d.Experiments) > 0, "experiments", d.Experiments)
	m.libraryIf(len(d.LeftOut) > 0, "leftOut", d.LeftOut)
	m.end('}')
}

func (m *members) picks(list []boon.Pick) {
	if list == nil {
		m.library("picks", nil)
		return
	}
	m.begin("picks", '[')
	for i := range list {
		m.pick(&list[i])
	}
	m.end(']')
}

func (m *members) pick(p *boon.Pick) {
	m.b = append(m.b, '{')
	m.text("placement", p.Placement)
	m.text("outcome", string(p.Outcome))
	m.text("reason", string(p.Reason))
	m.textIf("detail", p.Detail)
	m.textIf("offer", p.Offer)
	m.textIf("reward", string(p.Reward))
	m.microsIf("level", p.Level)
	m.textIf("channel", p.Channel)
	m.chance("propensity", p.Propensity)
	if p.Grant != nil {
		m.grant(p.Grant)
	}
	m.flagIf("live", p.Live)
	m.message(&p.Message)
	m.textIf("disclosure", p.Disclosure)
	m.libraryIf(p.Hold != nil, "hold", p.Hold)
	m.end('}')
}

func (m *members) grant(g *boon.Grant) {
	m.begin("grant", '{')
	m.text("id", g.ID)
	m.text("offer", g.Offer)
	m.textIf("campaign", g.Campaign)
	m.textIf("decision", g.Decision)
	m.identifier("owner", g.Owner)
	m.text("release", g.Release)
	m.text("type", string(g.Type))
	m.micros("level", g.Level)
	m.text("currency", string(g.Currency))
	m.textIf("budget", g.Budget)
	m.number("committed", g.Committed)
	m.text("state", string(g.State))
	m.textIf("before", string(g.Before))
	m.text("code", g.Code)
	m.number("uses", g.Uses)
	m.time("issuedAt", g.IssuedAt)
	m.time("expiresAt", g.ExpiresAt)
	m.numberIf("discount", g.Discount)
	m.numberIf("reversed", g.Reversed)
	m.textIf("orderId", g.OrderID)
	m.time("changedAt", g.ChangedAt)
	m.textIf("arm", g.Arm)
	m.libraryIf(len(g.Places) > 0, "places", g.Places)
	m.textIf("channel", g.Channel)
	m.textIf("timezone", g.Timezone)
	m.end('}')
}

func (m *members) message(t *boon.Message) {
	m.begin("message", '{')
	m.textIf("title", t.Title)
	m.textIf("body", t.Body)
	m.textIf("why", t.Why)
	m.end('}')
}
