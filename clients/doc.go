// Package clients drives a running server with the clients that shops already have, taken from their registries unmodified but for the endpoint.
//
// Invariants:
//
//  1. A client here is the published module or package at a pinned version; nothing of it is patched or mocked.
//  2. A test passes only when the client itself reports delivery, and fails when the client reports a refusal or an error.
//
// Ordering: none. Every test starts a server of its own.
package clients
