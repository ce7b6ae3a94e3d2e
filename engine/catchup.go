package engine

import "context"

// Current says whether everything on the log is applied.
func (e *Engine) Current() bool { return e.applier.Applied() >= e.store.Last(0) }

// CatchUp applies what is on the log, for a process that does not [Engine.Run]. It lets no time pass: nothing expires, no timer fires.
func (e *Engine) CatchUp(ctx context.Context) error {
	var s stumble
	for !e.Current() {
		if _, err := e.stepOver(ctx, &s, batchSize); err != nil {
			return err
		}
	}
	return nil
}
