package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:], engines, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// run prints what the engines come to; nothing on out when one of them disagrees with the reference.
func run(args []string, all []engine, out, progress io.Writer) error {
	flags := flag.NewFlagSet("peers", flag.ContinueOnError)
	sizes := flags.String("sizes", "10 100 1000 10000", "how many promotions")
	seconds := flags.Float64("seconds", 2, "how long each figure is measured")
	peers := flags.String("peers", names(all), "the engines")
	seed := flags.Uint64("seed", 1, "of the promotions and requests")
	asJSON := flags.Bool("json", false, "print JSON instead of tables")
	if err := flags.Parse(args); err != nil {
		return err
	}
	p := plan{seed: *seed, length: time.Duration(*seconds * float64(time.Second))}
	var err error
	if p.sizes, err = numbers(*sizes); err != nil {
		return err
	}
	if p.engines, err = pick(all, *peers); err != nil {
		return err
	}
	f, err := p.measure(progress)
	if err != nil {
		return err
	}
	if *asJSON {
		return json.NewEncoder(out).Encode(f)
	}
	f.write(out)
	return nil
}

func names(list []engine) string {
	var texts []string
	for _, e := range list {
		texts = append(texts, e.name)
	}
	return strings.Join(texts, " ")
}

// words splits at spaces and commas.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })
}

func numbers(text string) (list []int, err error) {
	for _, word := range words(text) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("sizes: %q is no number of promotions", word)
		}
		list = append(list, n)
	}
	return list, nil
}

// pick keeps the named engines, in the order of the table.
func pick(all []engine, text string) (list []engine, err error) {
	wanted := map[string]bool{}
	for _, word := range words(text) {
		wanted[word] = true
	}
	for _, e := range all {
		if wanted[e.name] {
			list = append(list, e)
			delete(wanted, e.name)
		}
	}
	for word := range wanted {
		return nil, fmt.Errorf("peers: there is no engine %q; there are %s", word, names(all))
	}
	return list, nil
}
