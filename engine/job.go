package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"boon"
)

// keyJob holds the progress of a replay under the digest of its input.
const keyJob = 'j'

// job is a replay and how far it has come. It is written in the same batch as the events it counts, so that it is never ahead or behind of them.
type job struct {
	Digest   string      `json:"digest"`
	Run      int         `json:"run"`  // 1 for the first; a finished job that is run again is a new one
	File     int         `json:"file"` // index of the file at hand
	Line     int         `json:"line"` // lines of it that are done
	Finished bool        `json:"finished"`
	Counts   EventCounts `json:"counts"`
	Seconds  float64     `json:"seconds"` // spent so far, of earlier attempts
}

// EventCounts says what became of the lines of a replay.
type EventCounts struct {
	Read      int64         `json:"read"`
	Accepted  int64         `json:"accepted"`
	Duplicate int64         `json:"duplicate"`
	Refused   int64         `json:"refused"`
	Refusals  []LineRefusal `json:"refusals"`
}

// LineRefusal is one refused line.
type LineRefusal struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// maxRefusals bounds how many refused lines a job lists; all are counted.
const maxRefusals = 1000

func (c *EventCounts) refuse(file string, line int, err error) {
	c.Refused++
	if len(c.Refusals) < maxRefusals {
		c.Refusals = append(c.Refusals, LineRefusal{file, line, err.Error()})
	}
}

// sortFrom puts the refusals of one chunk, which begin at an index, in the order of their lines.
func (c *EventCounts) sortFrom(first int) {
	slices.SortStableFunc(c.Refusals[first:], func(a, b LineRefusal) int { return a.Line - b.Line })
}

func jobKey(digest string) []byte { return append([]byte{keyJob}, digest...) }

func (j job) write() (boon.Write, error) {
	body, err := json.Marshal(j)
	return boon.Write{Key: jobKey(j.Digest), Value: body}, err
}

// openJob finds the unfinished job of this input, or begins a new one.
func (e *Engine) openJob(ctx context.Context, digest string) (job, error) {
	fresh := job{Digest: digest, Run: 1, Counts: EventCounts{Refusals: []LineRefusal{}}}
	body, err := e.store.Get(ctx, jobKey(digest))
	if err != nil || body == nil {
		return fresh, err
	}
	var known job
	if err := json.Unmarshal(body, &known); err != nil {
		return fresh, fmt.Errorf("decode job: %w", err)
	}
	if known.Finished {
		fresh.Run = known.Run + 1
		return fresh, nil
	}
	return known, nil
}

// digestFiles names an input: the files' bytes in order, and what they are run through.
func digestFiles(paths []string, with ...string) (string, error) {
	all := sha256.New()
	for _, path := range paths {
		one := sha256.New()
		f, err := os.Open(path)
		if err != nil {
			return "", fmt.Errorf("open events: %w", err)
		}
		_, err = io.Copy(one, f)
		f.Close()
		if err != nil {
			return "", fmt.Errorf("read %s: %w", path, err)
		}
		all.Write(one.Sum(nil))
	}
	for _, text := range with {
		fmt.Fprintf(all, "%d:%s", len(text), text)
	}
	return hex.EncodeToString(all.Sum(nil)[:16]), nil
}

// lineID is the message id of a line that has none: the same line of the same file gets the same.
func lineID(digest string, file, line int) string {
	return "line-" + digest + "-" + strconv.Itoa(file) + "-" + strconv.Itoa(line)
}
