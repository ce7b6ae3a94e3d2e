package main

import (
	"context"
	"fmt"
	"io"

	"boon/engine"
	"boon/engine/archive"
)

type restoreCmd struct {
	File        string `arg:"" help:"Backup to restore, or - for standard input." placeholder:"FILE"`
	Data        string `required:"" type:"path" help:"Folder to make: absent, or empty." placeholder:"DIR"`
	InstanceKey string `type:"existingfile" help:"File that holds the instance's key, for a backup without it." placeholder:"FILE"`
	ledger
}

func (c *restoreCmd) Help() string {
	return `Example: boon restore boon.backup --data ./data

The folder appears when every byte agrees with the backup's manifest, and not before. Then its ledger is verified.`
}

func (c *restoreCmd) Run(ctx context.Context, con *console) error {
	var m archive.Manifest
	err := fromBackup(c.File, con.in, func(r io.Reader) (err error) {
		m, err = engine.Restore(r, c.Data, c.InstanceKey)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(con.err, "%s holds the %s\n", c.Data, contents(m))
	if m.Ledger != "sqlite" {
		_, err := fmt.Fprintf(con.err, "The ledger is not in it. Restore its dump: pg_restore --clean --if-exists --dbname=\"$BOON_LEDGER\" boon.pgdump; then: boon ledger verify --data %s\n", c.Data)
		return err
	}
	return (&ledgerVerifyCmd{target: target{Data: c.Data, ledger: c.ledger}}).Run(ctx, con)
}
