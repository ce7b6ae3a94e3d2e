// Package archive is the one file that a backup is: a tar under zstd, of a snapshot's files, behind which its manifest stands.
//
// Invariants:
//
//  1. The manifest is the last entry. It names every file with its size and SHA-256, so a file that was cut short has none and is never taken for whole.
//  2. Nothing of an archive is trusted before its manifest agreed with all of it: [Read] says so by returning without an error.
//  3. Names are relative and stay inside the folder; whatever is not a plain file is refused.
//
// Ordering: "format" first, then the files as they were added, then "manifest.json".
package archive
