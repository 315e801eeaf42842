package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alcedo-cloud/alcedo/internal/client"
	"github.com/alcedo-cloud/alcedo/internal/config"
	"github.com/alcedo-cloud/alcedo/internal/sqlclient"
	"github.com/alcedo-cloud/alcedo/internal/tutorial"
)

func newTutorial(sh *shell) *cobra.Command {
	var (
		keep      bool
		cloudName string
	)
	cmd := &cobra.Command{
		Use:   "tutorial [list | NAME]",
		Short: "Play Microsoft's tutorial of managed identities on a virtual machine, step by step",
		Long: `tutorial plays the parts of "Use a Windows VM/VMSS to access Azure resources" that this version has, printing each
step and its output. It plays in the running cloud, in resource groups of its own that it deletes afterwards;
where none runs, in an ephemeral one.`,
		Example: "  alcedo tutorial\n  alcedo tutorial list\n  alcedo tutorial user-assigned --cloud AzureChinaCloud",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			parts := tutorial.Parts()
			if len(args) == 1 && args[0] == "list" {
				for _, p := range parts {
					fmt.Fprintf(sh.out, "%-18s %s\n", p.Name, p.Title)
				}
				return nil
			}
			if len(args) == 1 {
				one, err := partByName(parts, args[0])
				if err != nil {
					return err
				}
				parts = []tutorial.Part{one}
			}
			return sh.play(cmd.Context(), parts, cloudName, keep)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			names := []string{"list"}
			for _, p := range tutorial.Parts() {
				names = append(names, p.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().BoolVar(&keep, "keep", false, "leave the resource groups in place")
	cmd.Flags().StringVar(&cloudName, "cloud", "", "play in an ephemeral cloud of this name, whatever is running")
	return cmd
}

func partByName(parts []tutorial.Part, name string) (tutorial.Part, error) {
	names := make([]string, 0, len(parts))
	for _, p := range parts {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return tutorial.Part{}, fmt.Errorf("there is no part %q: choose %s", name, strings.Join(names, ", "))
}

// play runs the parts in the running cloud, or in an ephemeral one that it starts and stops.
func (sh *shell) play(ctx context.Context, parts []tutorial.Part, cloudName string, keep bool) (err error) {
	instance, c, err := sh.running(ctx)
	if err != nil || cloudName != "" {
		if keep {
			return errors.New("--keep needs a running cloud: an ephemeral one leaves nothing behind")
		}
		stage, stop, err := sh.ephemeral(ctx, cloudName)
		if err != nil {
			return err
		}
		defer stop()
		if instance, c, err = stage.running(ctx); err != nil {
			return err
		}
		sh = stage
	}
	credentials, err := c.Credentials(ctx)
	if err != nil {
		return err
	}
	owner, err := client.New(instance, credentials)
	if err != nil {
		return err
	}
	world := tutorial.World{Owner: owner, OnMachine: sh.onMachine, Query: sh.ownerQuery, Out: sh.out, Bold: sh.bold, Keep: keep}
	for _, p := range parts {
		if err := p.Run(ctx, world); err != nil {
			return err
		}
		fmt.Fprintln(sh.out)
	}
	fmt.Fprintf(sh.out, "%s All of it worked in %s. `alcedo explain` says who was allowed what.\n", sh.bold("Done."), instance.Cloud)
	return nil
}

// ephemeral starts a cloud that keeps nothing, in a folder of its own, and returns a shell that finds it.
func (sh *shell) ephemeral(ctx context.Context, cloudName string) (*shell, func(), error) {
	dir, err := os.MkdirTemp("", "alcedo-tutorial-")
	if err != nil {
		return nil, nil, err
	}
	stage := &shell{in: sh.in, out: sh.out, err: sh.err, data: dir}
	quiet := &shell{in: sh.in, out: new(bytes.Buffer), err: sh.err, data: dir}
	settings := config.Settings{Cloud: cloudName, Folder: dir, Ephemeral: true, Listen: "127.0.0.1:0"}
	stop := func() {
		if err := stage.down(context.WithoutCancel(ctx)); err != nil {
			fmt.Fprintln(sh.err, "alcedo: stop the tutorial's cloud:", err)
		}
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(sh.err, "alcedo:", err)
		}
	}
	if err := quiet.detach(ctx, settings, upFlags{ephemeral: true}); err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return stage, stop, nil
}

// onMachine runs a line of shell on a virtual machine. Where curl is not installed, alcedo's own fetch stands in.
func (sh *shell) onMachine(ctx context.Context, group, name, line string) ([]byte, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	folder, err := sh.folder()
	if err != nil {
		return nil, err
	}
	if rest, ok := strings.CutPrefix(line, "alcedo "); ok {
		line = quote(self) + " " + rest
	} else if _, err := exec.LookPath("curl"); err != nil {
		line = quote(self) + " fetch" + strings.TrimPrefix(line, "curl")
	} else {
		line = "curl -sS" + strings.TrimPrefix(line, "curl") // no progress meter: the output is shown as it is
	}
	cmd := exec.CommandContext(ctx, self, "vm", "run", "-g", group, name, "--", "sh", "-c", line)
	cmd.Env = append(os.Environ(), "ALCEDO_DATA="+folder)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if stderr.Len() == 0 {
			return out, err
		}
		return out, errors.New(string(bytes.TrimSpace(stderr.Bytes())))
	}
	return out, nil
}

// ownerQuery runs a batch as the owner.
func (sh *shell) ownerQuery(ctx context.Context, server, database, batch string) (string, error) {
	var out, failures bytes.Buffer
	options, err := sh.sqlOptions(ctx, sqlFlags{server: server, database: database})
	if err != nil {
		return "", err
	}
	conn, err := sqlclient.Open(ctx, options)
	if err != nil {
		return "", err
	}
	_, err = conn.Run(ctx, batch, &printer{out: &out, err: &failures, form: "table"})
	err = errors.Join(err, conn.Close())
	if err == nil && failures.Len() > 0 {
		err = errors.New(strings.TrimSpace(failures.String()))
	}
	return out.String(), err
}
