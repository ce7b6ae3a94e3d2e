package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"boon"
	"boon/offer"
	"boon/redeem"
)

type codesGenerateCmd struct {
	Count  int64  `required:"" help:"How many."`
	Length int64  `default:"10" help:"Characters after the prefix, the last of which checks them (6 to 13)."`
	Prefix string `help:"What every code begins with." placeholder:"SPRING-"`
	Output string `short:"o" type:"path" help:"File to write, compressed when it ends in .gz; standard output otherwise." placeholder:"FILE"`
}

func (c *codesGenerateCmd) Help() string {
	return "The codes are new each time and are kept nowhere; a pool with `generate` in its bundle needs no file.\n\nExample: boon codes generate --count 100000 --prefix SPRING- -o spring.csv.gz"
}

// Validate implements kong's check of a command line.
func (c *codesGenerateCmd) Validate() error {
	if c.Length < offer.MinPoolLength || c.Length > offer.MaxPoolLength {
		return fmt.Errorf("--length is from %d to %d", offer.MinPoolLength, offer.MaxPoolLength)
	}
	if most := offer.MostCodes(int(c.Length)); c.Count < 1 || c.Count > most {
		return fmt.Errorf("--count is from 1 to %d for codes of length %d, so that guessing does not pay", most, c.Length)
	}
	if c.Prefix != "" && !redeem.WellFormed(c.Prefix+"X") || len(c.Prefix) > 20 {
		return errors.New("--prefix has up to 20 letters, digits, _ and -")
	}
	return nil
}

func (c *codesGenerateCmd) Run(con *console) error {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails, see crypto/rand
	pool, err := offer.NewPool(key, "", boon.Generate{Count: c.Count, Length: c.Length, Prefix: c.Prefix})
	if err != nil {
		return fmt.Errorf("make codes: %w", err)
	}
	bar := con.progress("codes", false)
	return con.into(c.Output, func(out io.Writer) error {
		fmt.Fprintln(out, "code")
		for n := range c.Count {
			if _, err := fmt.Fprintln(out, pool.Code(n)); err != nil {
				return fmt.Errorf("write codes: %w", err)
			}
			if bar != nil && n%exportPage == 0 {
				bar(n, c.Count)
			}
		}
		return nil
	})
}
