//go:build !linux

package pebblestore

// giveWay does nothing: elsewhere a thread has no niceness of its own.
func giveWay() {}
