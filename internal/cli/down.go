package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/alcedo-cloud/alcedo/internal/config"
)

func newDown(sh *shell) *cobra.Command {
	return &cobra.Command{
		Use:     "down",
		Short:   "Stop the cloud; what it holds stays in its folder",
		Example: "  alcedo down\n  alcedo down --data ./cn",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return sh.down(cmd.Context()) },
	}
}

func (sh *shell) down(ctx context.Context) error {
	folder, err := sh.folder()
	if err != nil {
		return err
	}
	_, c, err := sh.running(ctx)
	if err != nil {
		return err
	}
	if err := c.Stop(ctx); err != nil {
		return err
	}
	for { // the record goes as the last act of a clean exit
		if _, err := config.ReadInstance(folder); errors.Is(err, config.ErrNotRunning) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func newWait(sh *shell) *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:     "wait",
		Short:   "Return when the cloud answers",
		Example: "  alcedo up & alcedo wait && alcedo credentials",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			for {
				_, _, err := sh.running(ctx)
				if err == nil {
					return nil
				}
				select {
				case <-ctx.Done():
					if cmd.Context().Err() != nil {
						return cmd.Context().Err()
					}
					return fmt.Errorf("waited %s: %w", timeout, err)
				case <-time.After(10 * time.Millisecond):
				}
			}
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", time.Minute, "give up after this long")
	return cmd
}
