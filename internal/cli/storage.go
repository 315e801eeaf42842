package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alcedo-cloud/alcedo/internal/control"
)

func newStorage(sh *shell) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "storage",
		Short: "Look after what Blob Storage keeps",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStorageCheck(sh))
	return cmd
}

func newStorageCheck(sh *shell) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Verify every reference and checksum",
		Long: `check reads all that Blob Storage keeps while it is served, and says what is damaged, missing or not what its
checksum says. It ends with status 1 where something is.`,
		Example: "  alcedo storage check\n  alcedo storage check --output json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, c, err := sh.running(cmd.Context())
			if err != nil {
				return err
			}
			findings, err := c.CheckStorage(cmd.Context())
			if err != nil {
				return err
			}
			if output == "json" {
				if err := sh.printJSON(findings); err != nil {
					return err
				}
			} else {
				sh.printFindings(findings)
			}
			if harmful(findings) > 0 {
				return exitStatus{status: 1}
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text | json")
	return cmd
}

// harmful counts what is more than left over.
func harmful(findings []control.Finding) int {
	n := 0
	for _, f := range findings {
		if f.Problem != "orphan" {
			n++
		}
	}
	return n
}

func (sh *shell) printFindings(findings []control.Finding) {
	for _, f := range findings {
		place := strings.Trim(strings.Join([]string{f.Account, f.Container, f.Blob}, "/"), "/")
		fmt.Fprintf(sh.out, "%s  %s  %s\n", sh.bold(f.Problem), place, f.Detail)
	}
	if harmful(findings) == 0 {
		fmt.Fprintln(sh.out, "all is there, and as it was written")
	}
}
