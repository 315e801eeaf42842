package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// table collects figures.
type table struct{ rows [][4]string }

// add has what was measured, the figure, the goal, and whether it is met.
func (t *table) add(what, figure, goal string, met bool) {
	word := "met"
	if !met {
		word = "MISSED"
	}
	t.rows = append(t.rows, [4]string{what, figure, goal, word})
}

// note is a figure without a goal.
func (t *table) note(what, figure string) { t.rows = append(t.rows, [4]string{what, figure, "", ""}) }

func (t *table) within(what string, d, goal time.Duration) {
	t.add(what, d.Round(10*time.Microsecond).String(), "≤ "+goal.String(), d <= goal)
}

// ratio compares requests a second.
func (t *table) ratio(what string, ours, bare float64, goal int) {
	share := 100 * ours / bare
	t.add(what, fmt.Sprintf("%.0f/s of %.0f/s: %.0f%%", ours, bare, share), fmt.Sprintf("≥ %d%%", goal), share >= float64(goal))
}

func (t *table) print(w io.Writer) {
	tw := tabwriter.NewWriter(w, 0, 4, 3, ' ', 0)
	fmt.Fprintln(tw, "WHAT\tFIGURE\tGOAL\t")
	for _, r := range t.rows {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", r[0], r[1], r[2], r[3])
	}
	_ = tw.Flush() // a terminal that went away needs no table
}
