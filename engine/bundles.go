package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"boon"
	"boon/api"
	"boon/decide"
	"boon/internal/rule"
	"boon/offer"
	"boon/publish"
	"boon/redeem"
)

// Change is one object of a bundle that differs.
type Change = publish.Change

// DescribeChanges writes changes for people.
func DescribeChanges(changes []Change) string { return publish.Text(changes) }

// LoadBundle reads a bundle from folders or files, and checks every expression and message in it. Errors name file, line and column.
func LoadBundle(paths []string) (boon.Bundle, error) {
	src, _, err := ReadBundle(paths)
	return src.Bundle, err
}

// ReadBundle is LoadBundle that also tells where each field was written, and warns, each with its place, of what is allowed and rarely meant.
func ReadBundle(paths []string) (src publish.Source, warnings []string, err error) {
	if len(paths) == 0 {
		return src, nil, errors.New("name the bundle: a folder or YAML files")
	}
	root, names, err := below(paths)
	if err != nil {
		return src, nil, err
	}
	var spoken language
	if src, err = publish.LoadChecked(os.DirFS(root), spoken.compile, names...); err != nil {
		return src, nil, err
	}
	warnings = spoken.warnings(src.Bundle)
	for i := range warnings {
		warnings[i] = src.Positions.Locate(warnings[i])
	}
	_, err = compile(&boon.Release{Bundle: src.Bundle})
	return src, warnings, err
}

// below splits paths into the one folder that they are below and their names within it.
func below(paths []string) (root string, names []string, err error) {
	whole := make([]string, len(paths))
	for i, p := range paths {
		if whole[i], err = filepath.Abs(p); err != nil {
			return "", nil, fmt.Errorf("find bundle: %w", err)
		}
		if _, err := os.Stat(whole[i]); errors.Is(err, fs.ErrNotExist) {
			return "", nil, fmt.Errorf("there is no bundle at %s: give a folder of YAML files, or one of them (docs/bundle.md)", whole[i])
		} else if err != nil {
			return "", nil, fmt.Errorf("find bundle: %w", err)
		}
	}
	root = filepath.Dir(whole[0])
	for _, p := range whole {
		for p != root && !strings.HasPrefix(p, strings.TrimSuffix(root, "/")+"/") {
			root = filepath.Dir(root)
		}
	}
	for _, p := range whole {
		name, err := filepath.Rel(root, p)
		if err != nil {
			return "", nil, fmt.Errorf("find bundle: %w", err)
		}
		names = append(names, filepath.ToSlash(name))
	}
	return root, names, nil
}

// ExportBundle writes a bundle as YAML.
func ExportBundle(b boon.Bundle) ([]byte, error) { return publish.Export(b) }

// language checks what a bundle writes in languages of its own.
type language struct {
	env         *rule.Env
	interpreted map[string]string   // conditions that the interpreter runs, each with what of it is not compiled
	reads       map[string][]string // what each condition reads
}

// compile implements publish.Compiler; l is the language with these segments.
func (l *language) compile(segments []boon.Segment) (publish.Checker, error) {
	env, err := decide.Environment(segments)
	*l = language{env, map[string]string{}, map[string][]string{}}
	return *l, err
}

// warnings are about what a bundle that was checked says.
func (l language) warnings(b boon.Bundle) []string {
	all := append(publish.Warnings(b), publish.Untold(b, l.reads)...)
	return append(all, publish.Interpreted(b, l.interpreted)...)
}

// Expression implements publish.Checker.
func (l language) Expression(expr string, use publish.Use) error {
	want := rule.WantBool
	if use == publish.UseValue {
		want = rule.WantAny
	}
	p, err := l.env.Compile(expr, want)
	if err != nil {
		return err
	}
	if !p.Fast() {
		if err := l.env.Affordable(expr); err != nil {
			return err
		}
		l.interpreted[expr] = p.Interpreted()
	}
	if l.reads[expr] = p.Fields(); p.AsksCategory() {
		l.reads[expr] = append(l.reads[expr], "cart.category()")
	}
	return nil
}

// Message implements publish.Checker.
func (l language) Message(m boon.Message) error { return offer.CheckMessage(m) }

// loadReleases brings the active release into force, or the blank one.
func (e *Engine) loadReleases(ctx context.Context) error {
	id, _, err := e.book.ActiveRelease(ctx)
	if err != nil {
		return fmt.Errorf("read active release: %w", err)
	}
	if id == "" {
		id = blankID
	}
	l, err := e.compiled(ctx, id)
	if err != nil {
		return err
	}
	e.terms = redeem.NewReleases(l.release)
	e.live.Store(l)
	return e.loadPast(ctx)
}

// loadPast makes earlier releases known to the money path, since their grants may be out.
func (e *Engine) loadPast(ctx context.Context) error {
	infos, err := e.book.Releases(ctx, 1000)
	if err != nil {
		return fmt.Errorf("list releases: %w", err)
	}
	for _, info := range infos {
		if info.ID == e.live.Load().release.ID {
			continue
		}
		release, err := e.release(ctx, info.ID)
		if err != nil {
			return err
		}
		e.terms.Add(release)
	}
	return nil
}

// blankID names the release of an engine that has no bundle yet.
const blankID = boon.PrefixRelease + "blank"

func (e *Engine) release(ctx context.Context, id string) (*boon.Release, error) {
	if id == blankID {
		return &boon.Release{ID: id, Bundle: blank()}, nil
	}
	body, err := e.book.Release(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read release: %w", err)
	}
	if body == nil {
		return nil, boon.Refuse(boon.ReasonNotFound, "there is no release %s", id)
	}
	bundle, err := publish.Decode(body)
	return &boon.Release{ID: id, Bundle: bundle}, err
}

// past keeps compiled releases that records name.
type past struct {
	mu    sync.Mutex
	known map[string]*live
}

const maxPast = 16

func (p *past) add(l *live) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= maxPast {
		p.known = map[string]*live{}
	}
	p.known[l.release.ID] = l
}

func (p *past) find(id string) (*live, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, ok := p.known[id]
	return l, ok
}

// compiled is a release by its id, from the cache or the system of record.
func (e *Engine) compiled(ctx context.Context, id string) (*live, error) {
	if l, ok := e.past.find(id); ok {
		return l, nil
	}
	release, err := e.release(ctx, id)
	if err != nil {
		return nil, err
	}
	l, err := e.compile(release)
	if err != nil {
		return nil, fmt.Errorf("compile release %s: %w", id, err)
	}
	e.past.add(l)
	return l, nil
}

// Apply publishes a bundle: it is compiled, stored and audited, and then swapped in at once.
func (e *Engine) Apply(ctx context.Context, b boon.Bundle, author string) (publish.Result, error) {
	e.publish.Lock()
	defer e.publish.Unlock()
	body, err := publish.Encode(b)
	if err != nil {
		return publish.Result{}, err
	}
	if b, err = publish.Decode(body); err != nil {
		return publish.Result{}, err
	}
	now := e.config.Now()
	next, err := e.compile(&boon.Release{ID: publish.ReleaseID(body), At: now, Author: author, Bundle: b})
	if err != nil {
		return publish.Result{}, boon.Invalid("bundle", "%s", err)
	}
	result, err := publish.Service{Book: e.book.Configuration()}.Apply(ctx, b, author, now)
	if err != nil {
		return result, err
	}
	e.enforce(next)
	return result, e.fundBudgets(ctx)
}

// enforce swaps a release in.
func (e *Engine) enforce(next *live) {
	e.terms.Publish(next.release)
	e.past.add(next)
	e.live.Store(next)
	e.others.stale.Store(nil)
}

// configuration serves bundles and releases.
type configuration struct{ e *Engine }

// Apply implements api.Releases.
func (c configuration) Apply(ctx context.Context, text []byte, author string, dryRun bool) (a api.Applied, err error) {
	var spoken language
	src, err := publish.ParseChecked("bundle", text, spoken.compile)
	if err != nil {
		return a, invalidBundle(err)
	}
	var result publish.Result
	if dryRun {
		result, err = publish.Service{Book: c.e.book.Configuration()}.Plan(ctx, src.Bundle)
	} else {
		result, err = c.e.Apply(ctx, src.Bundle, author)
	}
	if err != nil {
		return a, err
	}
	return applied(result, spoken.warnings(src.Bundle), dryRun), nil
}

func applied(result publish.Result, warnings []string, dryRun bool) api.Applied {
	a := api.Applied{Release: result.Release, Changed: !result.Unchanged, Approval: result.Approval, DryRun: dryRun, Changes: []api.Change{}, Warnings: warnings}
	for _, ch := range result.Changes {
		a.Changes = append(a.Changes, api.Change{Kind: ch.Kind, ID: ch.ID, Action: string(ch.Op), Detail: strings.TrimSpace(publish.Text([]publish.Change{ch}))})
	}
	return a
}

// Rollback implements api.Releases.
func (c configuration) Rollback(ctx context.Context, id, author string) (api.Applied, error) {
	release, err := c.e.release(ctx, id)
	if err != nil {
		return api.Applied{}, err
	}
	var spoken language
	if err := publish.Check(publish.Source{Bundle: release.Bundle}, spoken.compile); err != nil {
		return api.Applied{}, err
	}
	result, err := c.e.Apply(ctx, release.Bundle, author)
	if err != nil {
		return api.Applied{}, err
	}
	return applied(result, spoken.warnings(release.Bundle), false), nil
}

func invalidBundle(err error) error {
	var problems publish.Errors
	if !errors.As(err, &problems) || len(problems) == 0 {
		return err
	}
	first := problems[0]
	return &boon.Error{Reason: boon.ReasonInvalidRequest, Detail: problems.Error(), Field: first.Path, Line: first.Line, Column: first.Column}
}

// Export implements api.Releases.
func (c configuration) Export(context.Context) ([]byte, error) {
	return publish.Export(c.e.live.Load().release.Bundle)
}

// List implements api.Releases.
func (c configuration) List(ctx context.Context, max int) ([]api.ReleaseInfo, error) {
	infos, err := c.e.book.Releases(ctx, max)
	if err != nil {
		return nil, err
	}
	out := make([]api.ReleaseInfo, len(infos))
	for i, r := range infos {
		out[i] = api.ReleaseInfo{ID: r.ID, At: r.At, Author: r.Author, Live: r.ID == c.e.live.Load().release.ID}
	}
	return out, nil
}
