package main

import (
	"context"
	"errors"
	"fmt"

	"boon/engine"
)

type keysCmd struct {
	Add            keysAddCmd            `cmd:"" help:"Make an API key for a person or a program."`
	List           keysListCmd           `cmd:"" help:"Show the API keys, without their secrets."`
	Drop           keysDropCmd           `cmd:"" help:"Take an API key's access away."`
	RotateWrapping keysRotateWrappingCmd `cmd:"" help:"Wrap the instance key under another wrapping key."`
}

type keysRotateWrappingCmd struct {
	Data   string `type:"path" help:"Data folder whose instance.key is meant." placeholder:"DIR"`
	Ledger string `help:"PostgreSQL database whose key is meant, where several servers share it." placeholder:"postgres://USER@HOST/DB"`
	From   string `type:"path" env:"BOON_WRAPPING_KEY" help:"File of the key it is wrapped under now; none while it lies in the clear." placeholder:"FILE"`
	To     string `required:"" type:"path" help:"File of the new key: 64 hex digits." placeholder:"FILE"`
}

func (c *keysRotateWrappingCmd) Help() string {
	return `Example: boon keys rotate-wrapping --data ./data --from old.key --to new.key

Make a key with: openssl rand -hex 32 > new.key, and keep it outside the data folder. No data is touched: only the instance key is wrapped anew. From the next start on give --wrapping-key new.key (or BOON_WRAPPING_KEY=new.key).`
}

// Validate implements kong's check of a command line.
func (c *keysRotateWrappingCmd) Validate() error {
	if (c.Data == "") == (c.Ledger == "") {
		return errors.New("give --data DIR, or --ledger URL where several servers share the key")
	}
	return nil
}

func (c *keysRotateWrappingCmd) Run(ctx context.Context, con *console) error {
	if err := engine.Rewrap(ctx, engine.Config{Data: c.Data, Ledger: c.Ledger}, c.From, c.To); err != nil {
		return err
	}
	_, err := fmt.Fprintf(con.err, "the instance key is wrapped under the key in %s; without that file nothing can be read\n", c.To)
	return err
}
