package engine

import "boon"

// CloseBooks ends the system of record under a running engine, as a database does that goes away.
func (e *Engine) CloseBooks() error { return e.book.Close() }

// Tell puts a decision onto the stream, as one that was taken.
func (e *Engine) Tell(r boon.Request, d boon.Decision) { e.stream.called(r, d) }
