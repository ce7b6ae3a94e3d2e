// Package webhook posts what a human or another program has to know, as Standard Webhooks has it (https://www.standardwebhooks.com).
//
// Invariants:
//
//  1. A message is signed over its id, the time of the attempt and its body with HMAC-SHA-256; the id is the same on every attempt.
//  2. Any answer of class 2xx is a delivery, everything else is none. A redirect is not followed, so that a signature goes nowhere else.
package webhook
