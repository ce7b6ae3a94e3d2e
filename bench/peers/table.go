package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// write prints the table of engines, that of whole paths, and who is missing.
func (f figures) write(w io.Writer) {
	best := f.bestGeneral()
	f.table(w, "answers a second (times the best general rules engine)", false, func(i int, v float64) string {
		return number(v) + ratio(v, best[i])
	})
	if general := f.general(); len(general) > 0 {
		fmt.Fprintf(w, "\nGeneral rules engines: %s. A scan asks every promotion that exists, an index those that could apply: the ratio grows with how many there are.\n", strings.Join(general, ", "))
	}
	f.table(w, "whole path, carts a second", true, func(_ int, v float64) string { return number(v) })
	for _, m := range f.Missing {
		fmt.Fprintf(w, "\nMissing: %s: %s\n", m.Engine, m.Why)
	}
}

// table prints those that are whole paths, or those that are not.
func (f figures) table(w io.Writer, title string, paths bool, cell func(size int, v float64) string) {
	rows := 0
	for _, r := range f.Rows {
		if r.Path != paths {
			continue
		}
		if rows++; rows == 1 {
			f.head(w, title)
		}
		fmt.Fprintf(w, "| %s | %s |", r.Engine, r.Form)
		for i, v := range r.PerSecond {
			fmt.Fprintf(w, " %s |", cell(i, v))
		}
		fmt.Fprintln(w)
	}
}

func (f figures) head(w io.Writer, title string) {
	fmt.Fprintf(w, "\n| %s | finds by |", title)
	for _, n := range f.Sizes {
		fmt.Fprintf(w, " %s promotions |", number(float64(n)))
	}
	fmt.Fprintf(w, "\n|%s\n", strings.Repeat(" --- |", 2+len(f.Sizes)))
}

// bestGeneral is the highest figure of a general rules engine, by size; 0 when none ran.
func (f figures) bestGeneral() []float64 {
	best := make([]float64, len(f.Sizes))
	for _, r := range f.Rows {
		for i, v := range r.PerSecond {
			if r.General {
				best[i] = max(best[i], v)
			}
		}
	}
	return best
}

func (f figures) general() (names []string) {
	for _, r := range f.Rows {
		if r.General {
			names = append(names, r.Engine)
		}
	}
	return names
}

func ratio(v, best float64) string {
	if best == 0 {
		return ""
	}
	return " (" + number(v/best) + ")"
}

// number has three digits that mean something, and commas.
func number(v float64) string {
	if v < 100 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	text := strconv.FormatFloat(v, 'f', 0, 64)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
