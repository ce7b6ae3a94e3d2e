// Command boon is the engine and its tools in one program.
//
// Invariants:
//
//  1. Exit status 0: done; 1: it failed, with a plain sentence on standard error; 2: the command line is wrong.
//  2. With --json exactly one JSON document goes to standard output; progress and notes go to standard error.
//  3. A command that reads an engine's data speaks the HTTP API, whether to a running server (--url) or to one it opens itself (--data).
package main
