package engine

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"boon"
	"boon/redeem"
)

// How one process follows the others. What they announce is read at once; the poll finds what an announcement that was lost would have told.
const (
	pollHearing = 5 * time.Second
	pollDeaf    = 200 * time.Millisecond // while there is no connection that hears announcements
	listenAgain = time.Second
	edgesAtOnce = 1000
)

// keyFollowed holds the last edge that was put onto the log.
const keyFollowed = 'e'

// others is what a process knows of those that share its ledger.
type others struct {
	news    chan struct{}          // something was announced
	hearing chan bool              // the connection that hears came or went
	edge    int64                  // the last one on our log
	shelf   int64                  // the place up to which our shelf is that of all; under shelf.feeding
	told    int64                  // the place that they know us to be at
	sold    unshared               // what they were not told of our sales
	stale   atomic.Pointer[string] // the release in force that does not compile here; nil: none
	fetched sync.Map               // past releases that were asked for
}

// hear keeps a connection that hears what other processes announce.
func (e *Engine) hear(ctx context.Context) error {
	for ctx.Err() == nil {
		first := true
		err := e.shared.Listen(ctx, func() {
			if first {
				first = false
				e.tellHearing(ctx, true)
			}
			select {
			case e.others.news <- struct{}{}:
			default:
			}
		})
		if ctx.Err() != nil {
			return nil
		}
		e.config.Log.Warn("announcements of other processes are not heard; polling for them", "error", err)
		e.tellHearing(ctx, false)
		pause(ctx, listenAgain)
	}
	return nil
}

func (e *Engine) tellHearing(ctx context.Context, hearing bool) {
	select {
	case e.others.hearing <- hearing:
	case <-ctx.Done():
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// followOthers takes over what other processes publish and learn.
func (e *Engine) followOthers(ctx context.Context) error {
	poll := time.NewTicker(pollDeaf)
	defer poll.Stop()
	for {
		if err := e.catchNews(ctx); err != nil && ctx.Err() == nil && !away(err) {
			return fmt.Errorf("follow other processes: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-e.others.news:
		case <-poll.C:
		case hearing := <-e.others.hearing:
			poll.Reset(map[bool]time.Duration{true: pollHearing, false: pollDeaf}[hearing])
		}
	}
}

// catchNews reads what is new, in one small query when nothing is.
func (e *Engine) catchNews(ctx context.Context) error {
	edge, shelf, err := e.catchRelease(ctx)
	if err != nil {
		return err
	}
	for e.others.edge < edge {
		if err := e.catchEdges(ctx); err != nil {
			return err
		}
	}
	if e.config.Scratch {
		return nil // nobody decides here
	}
	if err := e.followShelf(ctx, shelf); err != nil {
		return err
	}
	return e.tellPlace(ctx)
}

// catchRelease brings into force what another process published, and says which edge and which change of the shelf are the last.
func (e *Engine) catchRelease(ctx context.Context) (edge, shelf int64, err error) {
	e.publish.Lock() // what is read is not older than what this process published
	defer e.publish.Unlock()
	id, edge, shelf, err := e.shared.News(ctx)
	if err != nil {
		return edge, shelf, err
	}
	stale := e.others.stale.Load()
	if id == "" || id == e.live.Load().release.ID || stale != nil && *stale == id {
		return edge, shelf, nil
	}
	next, err := e.compiled(ctx, id)
	if away(err) || ctx.Err() != nil {
		return edge, shelf, err
	}
	if err != nil {
		e.others.stale.Store(&id)
		e.config.Log.Error("the release that is live elsewhere does not compile here: the earlier one stays in force. Is this program older than the others?",
			"release", id, "in force", e.live.Load().release.ID, "error", err)
		return edge, shelf, nil
	}
	e.enforce(next)
	e.config.Log.Info("a release that another process published is live", "release", id)
	return edge, shelf, e.fundBudgets(ctx)
}

// catchEdges puts the next edges of other processes onto the log, with the place that they bring us to.
func (e *Engine) catchEdges(ctx context.Context) error {
	list, err := e.shared.Edges(ctx, e.others.edge, edgesAtOnce)
	if err != nil || len(list) == 0 {
		return err
	}
	now := e.config.Now().UTC()
	var events []boon.Event
	for _, edge := range list {
		if edge.Instance != e.instance.name {
			events = append(events, edge.Followed(e.edgeID(edge.Seq), now))
		}
	}
	last := list[len(list)-1].Seq
	write := boon.Write{Key: []byte{keyFollowed}, Value: binary.BigEndian.AppendUint64(nil, uint64(last))}
	if err := e.record(ctx, []boon.Write{write}, events...); err != nil {
		return err
	}
	e.others.edge = last
	return nil
}

// edgeID names an edge's event, so that it is on our log once. A caller cannot guess it, and so cannot take its place.
func (e *Engine) edgeID(seq int64) string {
	mac := hmac.New(sha256.New, e.secrets.edges)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(seq)))
	return "boon-edge-" + hex.EncodeToString(mac.Sum(nil)[:16])
}

// openOthers takes over what other processes did while this one was down.
func (e *Engine) openOthers(ctx context.Context) error {
	if e.shared == nil {
		return nil
	}
	e.others.news, e.others.hearing = make(chan struct{}, 1), make(chan bool)
	for key, place := range map[byte]*int64{keyFollowed: &e.others.edge, keyShelf: &e.others.shelf} {
		data, err := e.store.Get(ctx, []byte{key})
		if err != nil {
			return fmt.Errorf("read how far other processes were followed: %w", err)
		}
		if len(data) == 8 {
			*place = int64(binary.BigEndian.Uint64(data))
		}
	}
	return e.catchNews(ctx)
}

// terms are the releases that the money path asks; one that another process published, and replaced before this one saw it, is fetched when a grant names it.
type terms struct {
	*redeem.Releases
	e *Engine
}

// Offer implements redeem.Terms.
func (t terms) Offer(release, id string) (boon.Offer, bool) {
	o, ok := t.Releases.Offer(release, id)
	if _, asked := t.e.others.fetched.Load(release); ok || asked || release == "" || t.e.shared == nil {
		return o, ok
	}
	found, err := t.e.release(context.Background(), release)
	if err != nil {
		t.e.config.Log.Error("a release that a grant names cannot be read", "release", release, "error", err)
		return o, false
	}
	t.Add(found)
	t.e.others.fetched.Store(release, true)
	return t.Releases.Offer(release, id)
}
