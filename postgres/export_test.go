package postgres

// Relaxed lets commits come back before they are durable, for tests that do not ask for that.
func Relaxed() { settings = append(settings, "SET synchronous_commit = off") }
