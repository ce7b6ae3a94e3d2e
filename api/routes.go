package api

import (
	"net/http"
	"slices"

	"boon"
	"boon/redeem"
)

// opens says what a route asks for besides its scope.
type opens int

const (
	anyone    opens = iota // no key
	writeKey               // a key with the scope, also by Basic or in the body; read by the handler
	serverKey              // a key with the scope, as Authorization: Bearer
	shopper                // a server key, or a token for that shopper
	evaluator              // the same, and X-API-Key will do, as OpenFeature's clients have it
)

type handler func(*server, http.ResponseWriter, *http.Request, caller) error

// operation documents a route: zero values of the bodies stand for their schemas.
type operation struct {
	Tag     string
	Summary string
	In, Out any
	Status  int
	Query   []string
}

type route struct {
	method  string
	pattern string
	scope   Scope
	opens   opens
	handle  handler
	doc     operation
}

// routes is the whole surface. OpenAPI, scopes and metrics derive from it.
func routes() []route {
	return append([]route{
		{"GET", "/v1/projects/{writeKey}/settings", ScopeIngest, anyone, (*server).settings, operation{"Events", "What analytics.js asks for at start", nil, settingsAnswer{}, 200, nil}},

		{"POST", "/v1/cloudevents", ScopeIngest, writeKey, (*server).cloudEvents, operation{"Events", "CloudEvents 1.0: binary, structured or batched", cloudEventBody{}, eventsAnswer{}, 200, nil}},

		{"POST", "/v1/tokens", ScopeDecide, serverKey, (*server).mintToken, operation{"Decisions", "Mint a short-lived token for one shopper's browser", tokenRequest{}, tokenAnswer{}, 200, nil}},
		{"POST", "/v1/decisions", ScopeDecide, shopper, (*server).decide, operation{"Decisions", "Decide what to offer one shopper", decisionRequest{}, decisionAnswer{}, 200, nil}},
		{"POST", "/v1/decisions:batch", ScopeDecide, serverKey, (*server).decideMany, operation{"Decisions", "Decide for up to 100 shoppers, one after the other; refusals are listed one by one", decisionsRequest{}, decisionsAnswer{}, 200, nil}},
		{"GET", "/v1/decisions/{id}", ScopeRead, serverKey, (*server).record, operation{"Decisions", "The record of a decision", nil, anything{}, 200, nil}},
		{"GET", "/v1/decisions/{id}/why", ScopeDecide, shopper, (*server).why, operation{"Decisions", "Why a shopper was given what a decision offered, in words for the shopper", nil, whyAnswer{}, 200, nil}},
		{"GET", "/v1/decisions/{id}/explain", ScopeRead, serverKey, (*server).explain, operation{"Decisions", "Why a decision came out as it did", nil, Explained{}, 200, nil}},
		{"POST", "/v1/decisions/{id}/replay", ScopeRead, serverKey, (*server).replay, operation{"Decisions", "Compute a decision again from its record", nil, Replayed{}, 200, nil}},
		{"GET", "/v1/stream", ScopeRead, serverKey, (*server).stream, operation{"Decisions", "Decisions as they are taken, as server-sent events; the header Last-Event-ID goes on after one", nil, streamedDecision{}, 200, streamQuery}},

		{"GET", "/v1/wallet", ScopeRead, shopper, (*server).wallet, operation{"Wallet", "What a shopper was given", nil, walletAnswer{}, 200, personQuery}},
		{"POST", "/v1/grants/{id}/save", ScopeRedeem, shopper, (*server).save, operation{"Wallet", "Keep a grant", profileHolder{}, grantAnswer{}, 200, nil}},
		{"POST", "/v1/grants/{id}/revoke", ScopeRedeem, serverKey, (*server).revoke, operation{"Wallet", "Withdraw a grant that is still open; what was set aside for it is available again", nil, grantAnswer{}, 200, nil}},
		{"POST", "/v1/validations", ScopeRedeem, shopper, (*server).validate, operation{"Redemption", "Does a code apply to this cart, and the discount of each line", useRequest{}, redeem.Validation{}, 200, nil}},
		{"POST", "/v1/reservations", ScopeRedeem, serverKey, (*server).reserve, operation{"Redemption", "Hold a code for a checkout", useRequest{}, redeem.Reserved{}, 201, nil}},
		{"DELETE", "/v1/reservations/{id}", ScopeRedeem, serverKey, (*server).release, operation{"Redemption", "Release a reservation", nil, releasedAnswer{}, 200, nil}},
		{"POST", "/v1/redemptions", ScopeRedeem, serverKey, (*server).redeem, operation{"Redemption", "Redeem a code or a reservation, exactly once", redeemRequest{}, redeem.Redeemed{}, 201, nil}},
		{"POST", "/v1/redemptions/{id}/reversals", ScopeRedeem, serverKey, (*server).reverse, operation{"Redemption", "Take a redemption back, whole or by line", redeem.ReversalBody{}, redeem.Reversed{}, 201, nil}},
		{"POST", "/v1/redemptions/{id}/draws", ScopeRedeem, serverKey, (*server).draw, operation{"Redemption", "Spend points that a redemption credited", redeem.DrawBody{}, redeem.Drawn{}, 201, nil}},

		{"GET", "/v1/codes/{code}", ScopeRead, serverKey, (*server).code, operation{"Codes", "What a code is: its form, its offer, and whether it is free, somebody's or used", nil, redeem.CodeState{}, 200, nil}},
		{"GET", "/v1/offers/{id}/codes", ScopeRead, serverKey, (*server).codes, operation{"Codes", "The codes of an offer's pool as CSV: number and code", nil, textBody{}, 200, []string{"from", "count", "state"}}},
		{"PUT", "/v1/offers/{id}/codes", ScopeWrite, serverKey, (*server).importCodes, operation{"Codes", "Import a file of codes, one a line, whole or not at all; the same file again changes nothing", textBody{}, redeem.Import{}, 200, nil}},

		{"PUT", "/v1/products:batch", ScopeWrite, serverKey, loadFeed("products"), operation{"Catalogue", "Load products", feedBody{}, Loaded{}, 200, nil}},
		{"PUT", "/v1/inventory:batch", ScopeWrite, serverKey, loadFeed("inventory"), operation{"Catalogue", "Load stock", feedBody{}, Loaded{}, 200, nil}},
		{"PUT", "/v1/prices:batch", ScopeWrite, serverKey, loadFeed("prices"), operation{"Catalogue", "Load prices", feedBody{}, Loaded{}, 200, nil}},

		{"GET", "/v1/bundle", ScopeRead, serverKey, (*server).export, operation{"Configuration", "Export the live bundle", nil, yamlBody{}, 200, nil}},
		{"PUT", "/v1/bundle", ScopeWrite, serverKey, (*server).apply, operation{"Configuration", "Apply a bundle, or with dry-run=1 tell what would change", yamlBody{}, Applied{}, 200, []string{"dry-run"}}},
		{"POST", "/v1/bundle", ScopeWrite, serverKey, (*server).apply, operation{"Configuration", "The same as PUT", yamlBody{}, Applied{}, 200, []string{"dry-run"}}},
		{"GET", "/v1/releases", ScopeRead, serverKey, (*server).releases, operation{"Configuration", "The history of releases, newest first", nil, releasesAnswer{}, 200, []string{"limit"}}},
		{"GET", "/v1/audit", ScopeRead, serverKey, (*server).audit, operation{"Operations", "Who changed what, newest first", nil, auditAnswer{}, 200, []string{"before", "limit"}}},

		{"GET", "/v1/pauses", ScopeRead, serverKey, (*server).pauses, operation{"Operations", "What is paused, by whom and why", nil, pausesAnswer{}, 200, nil}},
		{"POST", "/v1/pauses", ScopeWrite, serverKey, (*server).pause, operation{"Operations", "Pause an offer, a campaign, a category, a channel or all offers, at once and in every process", pauseRequest{}, pauseAnswer{}, 201, nil}},
		{"DELETE", "/v1/pauses", ScopeWrite, serverKey, (*server).resume, operation{"Operations", "Resume what is paused", nil, doneAnswer{}, 200, []string{"offer", "campaign", "category", "channel", "all", "reason"}}},
		{"GET", "/v1/events/aside", ScopeRead, serverKey, (*server).setAside, operation{"Operations", "Events that could not be applied, and why", nil, asidesAnswer{}, 200, nil}},
		{"POST", "/v1/events/aside/retry", ScopeWrite, serverKey, (*server).retryAll, operation{"Operations", "Try again all events that could not be applied; the list tells what came of it", nil, asidesAnswer{}, 202, nil}},
		{"POST", "/v1/events/aside/{id}/retry", ScopeWrite, serverKey, (*server).retry, operation{"Operations", "Try one again", nil, asidesAnswer{}, 202, nil}},
		{"GET", "/v1/alarms", ScopeRead, serverKey, (*server).alarms, operation{"Operations", "What a human has to know, in the order in which it came, after a seq", nil, alarmsAnswer{}, 200, []string{"after", "limit"}}},
		{"GET", "/v1/alarms/secret", ScopeWrite, serverKey, (*server).alarmSecret, operation{"Operations", "The secret that signs alarms to the shop's webhook", nil, secretAnswer{}, 200, nil}},

		{"GET", "/v1/profiles/{ref}", ScopeRead, serverKey, (*server).profile, operation{"Profiles", "What is known of a profile, by its id or as namespace:value", nil, Profile{}, 200, nil}},
		{"GET", "/v1/profiles/{ref}/decisions", ScopeRead, serverKey, (*server).fired, operation{"Profiles", "What triggers decided for a profile, the latest sixteen of each identifier, newest first", nil, firedAnswer{}, 200, []string{"trigger"}}},
		{"POST", "/v1/profiles/unlink", ScopeWrite, serverKey, (*server).unlink, operation{"Profiles", "Cut the link between two identifiers", unlinkRequest{}, doneAnswer{}, 200, nil}},

		{"GET", "/v1/ledger/verify", ScopeRead, serverKey, (*server).verify, operation{"Ledger", "Compute every balance again from the journal", nil, Verified{}, 200, []string{"head", "audit-head"}}},
		{"GET", "/v1/ledger/entries", ScopeRead, serverKey, (*server).entries, operation{"Ledger", "The journal, a page of entries in their order", nil, EntryPage{}, 200, []string{"after", "limit", "budget", "grant", "order"}}},
		{"GET", "/v1/ledger/balances", ScopeRead, serverKey, (*server).balances, operation{"Ledger", "The balance of each account", nil, balancesAnswer{}, 200, nil}},
		{"GET", "/v1/budgets", ScopeRead, serverKey, (*server).budgets, operation{"Ledger", "How each budget and ceiling stands: what is left, promised, spent and exposed", nil, budgetsAnswer{}, 200, nil}},

		{"GET", "/v1/backup", ScopePrivacy, serverKey, (*server).backup, operation{"Operations", "The whole engine as one archive, while it serves; takes a key of all scopes", nil, backupBody{}, 200, []string{"without-key"}}},

		{"GET", "/problems", "", anyone, (*server).problems, operation{"Problems", "Every type of problem", nil, problemsAnswer{}, 200, nil}},
		{"GET", "/problems/{reason}", "", anyone, (*server).problem, operation{"Problems", "One type of problem: what happened and what to do", nil, ProblemKind{}, 200, nil}},
		{"GET", "/healthz", "", anyone, (*server).healthz, operation{"Operations", "The process runs", nil, healthAnswer{}, 200, nil}},
		{"GET", "/readyz", "", anyone, (*server).readyz, operation{"Operations", "The engine can serve", nil, healthAnswer{}, 200, nil}},
		{"GET", "/metrics", "", anyone, (*server).metricsPage, operation{"Operations", "Figures for Prometheus", nil, textBody{}, 200, nil}},
		{"GET", "/openapi.json", "", anyone, (*server).openapi, operation{"Operations", "This document", nil, anything{}, 200, nil}},
		{"GET", "/docs", "", anyone, (*server).docs, operation{"Operations", "This document, to read", nil, htmlBody{}, 200, nil}},
	}, slices.Concat(flagRoutes(), governRoutes(), reportRoutes(), overrideRoutes(), eventRoutes())...)
}

// flagRoutes are the OpenFeature Remote Evaluation Protocol.
func flagRoutes() []route {
	return []route{
		{"POST", "/ofrep/v1/evaluate/flags", ScopeDecide, evaluator, (*server).evaluateAll, operation{"OpenFeature", "What every placement and experiment would be for one shopper; decides and grants nothing", evaluationRequest{}, evaluations{}, 200, nil}},
		{"POST", "/ofrep/v1/evaluate/flags/{key}", ScopeDecide, evaluator, (*server).evaluate, operation{"OpenFeature", "Decide for one placement, or say which arm of an experiment the shopper is in", evaluationRequest{}, evaluation{}, 200, nil}},
	}
}

// reportRoutes tell what was measured, what is owed and what is tried.
func reportRoutes() []route {
	return []route{
		{"GET", "/v1/experiments", ScopeRead, serverKey, (*server).experiments, operation{"Configuration", "The experiments of the live bundle, as they were registered", nil, experimentsAnswer{}, 200, nil}},
		{"GET", "/v1/reports/liability", ScopeRead, serverKey, (*server).liability, operation{"Reports", "What is promised and owed: open grants, open checkouts and points that were not spent, by budget", nil, liabilityAnswer{}, 200, nil}},
		{"GET", "/v1/reports/fairness", ScopeRead, serverKey, (*server).fairness, operation{"Reports", "How groups of people fared under each bound on fairness, over its window up to a day", nil, fairnessAnswer{}, 200, []string{"until"}}},
	}
}

// governRoutes let people watch each other: approvals, keys, closings and the audit's chain.
func governRoutes() []route {
	return []route{
		{"POST", "/v1/releases", ScopeWrite, serverKey, (*server).propose, operation{"Approvals", "Propose a bundle for somebody else to approve", yamlBody{}, proposalAnswer{}, 201, []string{"note"}}},
		{"POST", "/v1/releases/{id}/rollback", ScopeWrite, serverKey, (*server).rollback, operation{"Configuration", "Put an earlier release in force again", nil, Applied{}, 200, nil}},
		{"GET", "/v1/approvals", ScopeRead, serverKey, (*server).approvals, operation{"Approvals", "What was proposed and how it was decided, newest first", nil, approvalsAnswer{}, 200, []string{"limit"}}},
		{"POST", "/v1/approvals/{id}/approve", ScopeApprove, serverKey, decided(true), operation{"Approvals", "Approve what somebody else proposed: it comes into force", decideRequest{}, proposalAnswer{}, 200, nil}},
		{"POST", "/v1/approvals/{id}/reject", ScopeApprove, serverKey, decided(false), operation{"Approvals", "Decline a proposal, or withdraw one's own", decideRequest{}, proposalAnswer{}, 200, nil}},
		{"GET", "/v1/keys", ScopeRead, serverKey, (*server).keys, operation{"Operations", "The API keys, without their secrets", nil, keysAnswer{}, 200, nil}},
		{"POST", "/v1/keys", ScopeApprove, serverKey, (*server).addKey, operation{"Operations", "Make an API key that may do no more than yours", keyRequest{}, keyAnswer{}, 201, nil}},
		{"DELETE", "/v1/keys/{name}", ScopeApprove, serverKey, (*server).dropKey, operation{"Operations", "Take a key's access away; it may still be taken for ten seconds", nil, doneAnswer{}, 200, nil}},
		{"GET", "/v1/audit/verify", ScopeRead, serverKey, (*server).verifyAudit, operation{"Operations", "Follow the audit's chain and name the first broken link", nil, Verified{}, 200, []string{"head"}}},
		{"GET", "/v1/ledger/closings", ScopeRead, serverKey, (*server).closings, operation{"Ledger", "The periods that are closed, oldest first", nil, closingsAnswer{}, 200, nil}},
		{"POST", "/v1/ledger/closings", ScopeApprove, serverKey, (*server).close, operation{"Ledger", "Close the books up to the end of a day", closingRequest{}, ClosingAnswer{}, 201, nil}},
	}
}

// eventCalls are Segment's calls with the short forms of browser clients. Clients differ in whether /v1 belongs to the host they are
// told, so each is served with and without it.
var eventCalls = []struct {
	names   []string
	handle  handler
	in      any
	summary string
}{
	{[]string{"track", "t"}, single(boon.KindTrack), messageBody{}, "What someone did"},
	{[]string{"identify", "i"}, single(boon.KindIdentify), messageBody{}, "Who someone is: traits and links"},
	{[]string{"page", "p"}, single(boon.KindPage), messageBody{}, "A page was seen"},
	{[]string{"screen", "s"}, single(boon.KindScreen), messageBody{}, "A screen was seen"},
	{[]string{"group", "g"}, single(boon.KindGroup), messageBody{}, "Someone belongs to a group"},
	{[]string{"alias", "a"}, single(boon.KindAlias), messageBody{}, "Two ids are one person"},
	{[]string{"batch", "b"}, (*server).batch, batchBody{}, "Up to 2,500 calls at once; refusals are listed one by one"},
	{[]string{"import"}, (*server).batch, batchBody{}, "The same, for history"},
}

func eventRoutes() []route {
	var list []route
	for _, prefix := range []string{"/v1/", "/"} {
		for _, call := range eventCalls {
			for _, name := range call.names {
				doc := operation{"Events", call.summary, call.in, eventsAnswer{}, 200, nil}
				list = append(list, route{"POST", prefix + name, ScopeIngest, writeKey, call.handle, doc})
			}
		}
		doc := operation{"Events", "Figures of the browser client about itself: taken and dropped", anything{}, eventsAnswer{}, 200, nil}
		list = append(list, route{"POST", prefix + "m", "", anyone, (*server).clientMetrics, doc})
	}
	return list
}
