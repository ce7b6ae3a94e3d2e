package engine

// CloseBooks ends the system of record under a running engine, as a database does that goes away.
func (e *Engine) CloseBooks() error { return e.book.Close() }
