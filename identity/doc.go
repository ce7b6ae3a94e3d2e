// Package identity says which identifiers are one person: a graph of links, its components, and how a component is cut again.
//
// Invariants:
//
//  1. Every edge is kept, on both its ends; a cut marks it and a later event does not undo the cut. So a component is a function of the graph
//     alone: the order in which links were made is irrelevant.
//  2. A profile's id encodes its member that Boon saw first. A merge keeps the id given first; after a cut the half that holds that
//     member keeps the id.
//  3. An identifier that too many people share (a kiosk, an office e-mail, "null") is blocked: it is a member of its own component only, and no
//     walk passes through it. Edges that nobody vouches for cannot block what verified edges reach.
//  4. A walk over verified edges alone reaches a subset of what the walk over all edges reaches, unless an unverified edge blocked something.
//  5. A node holds at most Rules.MaxEdges edges of each sort (verified, unverified); passing the limit blocks it, so a node's size is bounded.
//  6. A probability links nothing by itself: whoever acts on one links with SourceMatch, unverified, so that it opens no wallet and can be cut.
//
// Ordering: Link and Cut of one pair are the caller's to order; different pairs commute.
package identity
