package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/control"
)

func newExplain(sh *shell) *cobra.Command {
	var (
		last   bool
		query  control.Query
		output string
	)
	cmd := &cobra.Command{
		Use:   "explain",
		Short: "Say who was allowed or refused what, and why",
		Long: `explain prints the decisions that the cloud made, the newest last: who asked, for which action, at which scope,
which role assignment allowed it, or what was missing and the narrowest built-in role that would do.`,
		Example: `  alcedo explain --last             the latest decision
  alcedo explain --denied           refusals only
  alcedo explain --action secrets --output json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, c, err := sh.running(cmd.Context())
			if err != nil {
				return err
			}
			if last {
				query.Most = 1
			}
			decisions, err := c.Decisions(cmd.Context(), query)
			if err != nil {
				return err
			}
			if output == "json" {
				return sh.printJSON(decisions)
			}
			if output != "text" {
				return fmt.Errorf("--output %s: use text or json", output)
			}
			if len(decisions) == 0 {
				fmt.Fprintln(sh.err, "no decision has been recorded that fits")
				return nil
			}
			for i := len(decisions) - 1; i >= 0; i-- {
				sh.printDecision(sh.out, decisions[i])
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&last, "last", false, "only the latest decision")
	flags.BoolVar(&query.Denied, "denied", false, "only refusals")
	flags.IntVarP(&query.Most, "most", "n", 20, "at most so many")
	flags.StringVar(&query.Caller, "caller", "", "only of this object id, application id or name")
	flags.StringVar(&query.Action, "action", "", "only actions that contain this text")
	flags.StringVarP(&output, "output", "o", "text", "text | json")
	return cmd
}

func (sh *shell) printDecision(w io.Writer, x audit.Explanation) {
	e := x.Entry
	verdict := "allowed"
	if !e.Allowed {
		verdict = "refused"
	}
	kind := "action"
	if e.Data {
		kind = "data action"
	}
	fmt.Fprintf(w, "%s  %s  %s\n", e.Time.Local().Format("15:04:05.000"), sh.bold(verdict), e.Action)
	rows := [][2]string{
		{"who", x.Who},
		{"kind", kind},
		{"scope", e.Scope},
		{"because", x.Because},
	}
	if s := x.Suggestion; s != nil {
		rows = append(rows,
			[2]string{"would do", fmt.Sprintf("%s at %s", s.RoleName, s.Scope)},
			[2]string{"", s.Command})
		if len(s.Also) > 0 {
			rows = append(rows, [2]string{"also", strings.Join(s.Also, ", ")})
		}
	}
	if e.RequestID != "" {
		rows = append(rows, [2]string{"request", e.RequestID})
	}
	for _, r := range rows {
		if strings.TrimSpace(r[1]) != "" {
			fmt.Fprintf(w, "  %-9s %s\n", r[0], r[1])
		}
	}
	fmt.Fprintln(w)
}
