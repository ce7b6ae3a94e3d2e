package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"boon"
	"boon/engine"
)

type serveCmd struct {
	Data string `default:"./data" type:"path" help:"Data folder, made when absent; ./data unless said." placeholder:"DIR"`
	ledger
	Listen    string   `default:"127.0.0.1:8080" help:"Address to listen on."`
	Bundle    []string `type:"path" help:"Publish this bundle at the start." placeholder:"PATH"`
	Products  []string `type:"path" help:"Load these product files at the start (CSV, TSV, JSON lines; .gz too)." placeholder:"FILE"`
	Inventory []string `type:"path" help:"Load these stock files at the start." placeholder:"FILE"`
	Prices    []string `type:"path" help:"Load these price files at the start, competitors' prices too." placeholder:"FILE"`
	APIKey    string   `env:"BOON_API_KEY" hidden:"" name:"api-key"`
	WriteKey  string   `env:"BOON_WRITE_KEY" hidden:"" name:"write-key"`
}

func (c *serveCmd) Help() string {
	return `Example: BOON_API_KEY=secret BOON_WRITE_KEY=public boon serve --data ./data --bundle examples/boutique

Several on one database: boon serve --data ./data1 --ledger postgres://boon@127.0.0.1/boon --wrapping-key wrapping.key

BOON_API_KEY creates a key of all scopes, BOON_WRITE_KEY one that may only send events. Without them a first start prints generated ones, once.`
}

func (c *serveCmd) Run(ctx context.Context, con *console) error {
	bundle, err := c.input()
	if err != nil {
		return err
	}
	e, err := engine.Open(ctx, engine.Config{Data: c.Data, Ledger: c.Ledger, WrappingKey: c.WrappingKey, APIKey: c.APIKey, WriteKey: c.WriteKey, Keys: true, Version: version, Memory: memory(), Log: slog.New(slog.NewTextHandler(con.err, nil))})
	if err != nil {
		return err
	}
	defer e.Close()
	if err := c.prepare(ctx, con, e, bundle); err != nil {
		return err
	}
	if err := e.CatchUp(ctx); err != nil {
		return err
	}
	serveWide()
	listener, err := listen(c.Listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(con.err, "boon serves on http://%s, data in %s\n", listener.Addr(), c.Data)
	return serve(ctx, e, listener)
}

// input reads what the flags name before there is a folder: a slip leaves none behind, and no key that was told in vain.
func (c *serveCmd) input() (bundle boon.Bundle, err error) {
	if len(c.Bundle) > 0 {
		if bundle, err = engine.LoadBundle(c.Bundle); err != nil {
			return bundle, err
		}
	}
	return bundle, errors.Join(readable(c.Products, c.Inventory, c.Prices), listenable(c.Listen))
}

// readable says whether the files can be opened.
func readable(lists ...[]string) error {
	for _, path := range slices.Concat(lists...) {
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("read input: %w", err)
		}
		f.Close()
	}
	return nil
}

// prepare publishes and loads what the flags name, and prints keys that were made just now.
func (c *serveCmd) prepare(ctx context.Context, con *console, e *engine.Engine, bundle boon.Bundle) error {
	for _, k := range e.FreshKeys() {
		fmt.Fprintf(con.out, "%s=%s\n", k.Name, k.Secret)
	}
	if len(c.Bundle) > 0 {
		result, err := e.Apply(ctx, bundle, "serve")
		if err != nil {
			return err
		}
		fmt.Fprintf(con.err, "release %s is live\n", result.Release)
	}
	return loadFeeds(ctx, con, e, c.Products, c.Inventory, c.Prices)
}

func loadFeeds(ctx context.Context, con *console, e *engine.Engine, products, inventory, prices []string) error {
	for _, feed := range []struct {
		files []string
		load  func(context.Context, string) (engine.FeedReport, error)
		rows  string
	}{{products, e.LoadProducts, "products"}, {inventory, e.LoadStock, "stock rows"}, {prices, e.LoadPrices, "prices"}} {
		for _, file := range feed.files {
			report, err := feed.load(ctx, file)
			if err != nil {
				return err
			}
			printFeed(con, file, feed.rows, report)
		}
	}
	return nil
}

// serve runs the engine's loops and its server until ctx ends, then lets open requests finish.
func serve(ctx context.Context, e *engine.Engine, listener net.Listener) error {
	server := &http.Server{Handler: e.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(listener) }()
	go func() { failed <- e.Run(ctx) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if stop := server.Shutdown(grace); stop != nil && err == nil {
		err = stop
	}
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
