package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/alcedo-cloud/alcedo/internal/config"
	"github.com/alcedo-cloud/alcedo/internal/sandbox"
)

func newRun(sh *shell) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run -- COMMAND [ARGUMENT …]",
		Short: "Run a command on a workstation of this cloud",
		Long: `run starts a command where Azure's official names resolve to the cloud, its certificates are trusted and nothing
else is reachable. 169.254.169.254 does not answer: a workstation has no identity.`,
		Example: `  alcedo run -- az login --service-principal -u … -p … --tenant …
  alcedo run -- az group list`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return sh.sandboxed(cmd.Context(), "", args) },
	}
	cmd.Flags().SetInterspersed(false) // what follows the command is the command's
	return cmd
}

func newVMRun(sh *shell) *cobra.Command {
	var group string
	cmd := &cobra.Command{
		Use:   "run NAME -- COMMAND [ARGUMENT …]",
		Short: "Run a command on a virtual machine",
		Long: `run starts a command as if on that virtual machine: official names resolve to the cloud, its certificates are
trusted, and 169.254.169.254 is the machine's instance metadata service. An instance of a scale set is
SCALESET_0.`,
		Example: `  alcedo vm run web -- curl -H Metadata:true 'http://169.254.169.254/metadata/instance?api-version=2021-02-01'
  alcedo vm run -g demo web -- go test ./...
  alcedo vm run web -- bash`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return errors.New("name a command to run: alcedo vm run " + args[0] + " -- COMMAND")
			}
			machine := args[0]
			if group != "" {
				machine = group + "/" + machine
			}
			command := args[1:]
			if command[0] == "--" {
				command = command[1:]
			}
			if len(command) == 0 {
				return errors.New("name a command to run: alcedo vm run " + args[0] + " -- COMMAND")
			}
			return sh.sandboxed(cmd.Context(), machine, command)
		},
		ValidArgsFunction: sh.completeMachines,
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().StringVarP(&group, "group", "g", "", "resource group, where several machines have the name")
	return cmd
}

// sandboxed runs the command on the machine, or on a workstation where machine is "", and ends with its status. It does
// not ask the control socket first: attaching to the sandbox socket tells as well whether the cloud answers.
func (sh *shell) sandboxed(ctx context.Context, machine string, command []string) error {
	folder, err := sh.folder()
	if err != nil {
		return err
	}
	instance, err := config.ReadInstance(folder)
	if err != nil {
		_, _, err := sh.running(ctx)
		return err
	}
	status, err := sandbox.Run(context.WithoutCancel(ctx), sandbox.Options{ // signals go to the command
		Socket:     instance.SandboxSocket,
		Machine:    machine,
		Command:    command,
		HideFolder: folder,
	})
	if status != 0 || err != nil {
		return exitStatus{status, err}
	}
	return nil
}
