// Package trigger finds named patterns in the stream of a person's events: one of several events with its condition, a count of them within a
// window, a sequence within a window, and after any of these its not being followed by another. The patterns that every shop wants are ready-made.
//
// Invariants:
//
//  1. A trigger with a cooldown fires again only when its last firing lies a full cooldown back; an instant before the last firing lies
//     within the cooldown. So within a span it fires at most floor(span/cooldown)+1 times. What comes within the cooldown is not made up
//     for: only hits are counted on, so that a completed count fires with the first hit after it; a sequence completed within it is used up.
//  2. A count fires when that many hits of one key lie within the window (both ends included). Events of one key of which each is closer than apart
//     to the next are one hit, which begins with the first and is where the last is; what comes late between two makes them one. Firing uses hits up;
//     the newest goes on. A key without text is no key: nothing is counted by it.
//  3. A sequence is complete when events of one key have met its steps one after the other, the last within the window of the first. It is
//     completed by whichever of them arrives last, once: completing uses up all of the key's events until its end. Events of one instant
//     are in the order of their arrival, and no event follows itself.
//  4. An absence is waited for from the latest event of what came before it. A timer fires at most once, and only the one armed last. An instant
//     belongs to the past once a start or an end lies at or after it, or a firing after it: no event from there arms anything, however late it
//     comes. Of a start and an end at one instant the end stands, unless one event is both: then it starts anew.
//  5. A condition that cannot be evaluated does not hold; it never fails the event. The row is asked for at most once, and only for
//     a condition that is asked: a trigger within its cooldown asks none.
//  6. Memory is bounded (64 triggers, 16 hits each) and never drops the state of a trigger of the running release: a release that needs more
//     does not compile. Of a sequence, hits go first for which a later one of the same key and step stands. Memory belongs to one identifier
//     and knows triggers by id, so it outlives releases; bytes that an older version wrote decode for ever.
//  7. Who has several identifiers is one person: what one has done counts with what another does, a firing under one starts the cooldown and uses
//     up the hits of all, and what goes on or ends under one takes back the timers of the others, also when it was told before they were known to be one.
//     Waits in cycles go by the orders of all from the link on. Nothing moves, so a link can be cut.
//  8. Nothing here reads a clock: the event's time, or the timer's due time, is now.
//
// Ordering: fired triggers and timers come in the order of the release. Hits ascend by time, so events may arrive out of order;
// a hit more than a window older than the newest one is not counted. A Machine may be used by many goroutines, a Memory by one.
package trigger
