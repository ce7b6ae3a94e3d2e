package ingest

import (
	"runtime"
	"sync"

	"boon"
)

// parallelFrom is the number of messages from which work on them is spread over the processors.
const parallelFrom = 128

// spread has do work on the indexes below n, part by part over all processors when there are many.
func spread(n int, do func(from, to int)) {
	workers := runtime.GOMAXPROCS(0)
	if n < parallelFrom {
		workers = 1
	}
	var wg sync.WaitGroup
	for w := range workers {
		part := func() { do(w*n/workers, (w+1)*n/workers) }
		if w == workers-1 {
			part()
		} else {
			wg.Go(part)
		}
	}
	wg.Wait()
}

// withholds reports whether there is no legal ground to store what the event tells: it denies analytics itself, and it is neither
// about identity nor part of a contract.
func withholds(e boon.Event) bool {
	if e.Kind == boon.KindIdentify || e.Kind == boon.KindAlias || contractual(e.Name) {
		return false
	}
	for _, c := range e.Choices {
		if c.Purpose == boon.PurposeAnalytics {
			return !c.Granted
		}
	}
	return false
}

// contractual events are part of a sale and are kept whatever the analytics consent says.
func contractual(name string) bool {
	switch name {
	case boon.OrderCompleted, boon.OrderUpdated, boon.OrderRefunded, boon.OrderCancelled,
		boon.ReturnRequested, boon.ReturnCompleted, boon.ExchangeCompleted:
		return true
	}
	return false
}

// reduced is of an event only whose it is and what was chosen: a denial must be remembered, the behaviour it came with must not.
func reduced(e boon.Event) boon.Event {
	return boon.Event{
		MessageID: e.MessageID, Kind: boon.KindIdentify, Time: e.Time, Received: e.Received,
		Owner: e.Owner, Verified: e.Verified, Choices: e.Choices, Context: boon.Context{Country: e.Context.Country, GPC: e.Context.GPC},
	}
}
