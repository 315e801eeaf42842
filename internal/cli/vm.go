package cli

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/alcedo-cloud/alcedo/internal/client"
)

func newVM(sh *shell) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "vm",
		Short: "Be a virtual machine, make one, list them",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newVMRun(sh), newVMCreate(sh), newVMList(sh), newVMDelete(sh))
	return cmd
}

func newVMCreate(sh *shell) *cobra.Command {
	var (
		n          client.NewMachine
		identities []string
		role       string
		scope      string
		output     string
	)
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make a virtual machine with an identity, through Resource Manager, as the owner",
		Long: `create makes the resource group where it is missing, then the virtual machine. Any client of Resource Manager
(az, Terraform, an SDK) can do the same; this is the short way.`,
		Example: `  alcedo vm create web --group demo
  alcedo vm create web -g demo --role Reader                     at the machine's own resource group
  alcedo vm create web -g demo --assign-identity /subscriptions/…/userAssignedIdentities/id1`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			owner, err := sh.owner(cmd)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			n.Name = args[0]
			if n.Location == "" {
				n.Location = owner.Cloud.Locations[0].Name
			}
			n.System, n.UserAssigned = wanted(identities)
			exists, err := owner.GroupExists(ctx, n.Group)
			if err != nil {
				return err
			}
			if !exists {
				if err := owner.CreateGroup(ctx, n.Group, n.Location); err != nil {
					return err
				}
			}
			m, err := owner.CreateMachine(ctx, n)
			if err != nil {
				return err
			}
			if role != "" {
				if m.Identity == nil || m.Identity.PrincipalID == "" {
					return fmt.Errorf("--role needs the system-assigned identity: leave --assign-identity out or add [system]")
				}
				if scope == "" {
					scope = owner.GroupPath(n.Group)
				}
				_, err := owner.Assign(ctx, m.Identity.PrincipalID, "ServicePrincipal", role, scope)
				var refused *client.Error
				if errors.As(err, &refused) && refused.Code == "RoleAssignmentExists" {
					err = nil // the command says what shall be, and may be given again
				}
				if err != nil {
					return fmt.Errorf("the machine is made, but its role is not: %w", err)
				}
			}
			if output == "json" {
				return sh.printJSON(m)
			}
			return sh.printMachines([]client.Machine{m})
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&n.Group, "group", "g", "demo", "resource group, made where it is missing")
	flags.StringVarP(&n.Location, "location", "l", "", "location (default: the cloud's first)")
	flags.StringSliceVar(&identities, "assign-identity", []string{"[system]"},
		"[system], none, or resource ids of user-assigned identities")
	flags.StringVar(&role, "role", "", "give the system-assigned identity this role")
	flags.StringVar(&scope, "scope", "", "where it holds the role (default: the resource group)")
	flags.StringVarP(&output, "output", "o", "table", "table | json")
	return cmd
}

// wanted reads --assign-identity as az does.
func wanted(identities []string) (system bool, assigned []string) {
	for _, id := range identities {
		switch {
		case strings.EqualFold(id, "[system]"):
			system = true
		case strings.EqualFold(id, "none") || id == "":
		default:
			assigned = append(assigned, id)
		}
	}
	return system, assigned
}

func newVMList(sh *shell) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the subscription's virtual machines",
		Example: "  alcedo vm list\n  alcedo vm list --output json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			owner, err := sh.owner(cmd)
			if err != nil {
				return err
			}
			machines, err := owner.Machines(cmd.Context())
			if err != nil {
				return err
			}
			if output == "json" {
				return sh.printJSON(machines)
			}
			if len(machines) == 0 {
				fmt.Fprintln(sh.err, "there is no virtual machine: make one with `alcedo vm create NAME`")
				return nil
			}
			return sh.printMachines(machines)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table | json")
	return cmd
}

func newVMDelete(sh *shell) *cobra.Command {
	var group string
	cmd := &cobra.Command{
		Use:     "delete NAME",
		Short:   "Delete a virtual machine and with it its system-assigned identity",
		Example: "  alcedo vm delete web -g demo",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			owner, err := sh.owner(cmd)
			if err != nil {
				return err
			}
			return owner.DeleteMachine(cmd.Context(), group, args[0])
		},
		ValidArgsFunction: sh.completeMachines,
	}
	cmd.Flags().StringVarP(&group, "group", "g", "demo", "its resource group")
	return cmd
}

func (sh *shell) printMachines(machines []client.Machine) error {
	w := tabwriter.NewWriter(sh.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tGROUP\tLOCATION\tIDENTITY\tPRINCIPAL")
	for _, m := range machines {
		kind, principal := "None", ""
		if m.Identity != nil {
			kind, principal = m.Identity.Type, m.Identity.PrincipalID
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", m.Name, m.Group(), m.Location, kind, principal)
	}
	return w.Flush()
}

// completeMachines offers the names of virtual machines to the shell. Where no cloud runs it offers nothing.
func (sh *shell) completeMachines(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	owner, err := sh.owner(cmd)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	machines, err := owner.Machines(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := make([]string, 0, len(machines))
	for _, m := range machines {
		names = append(names, m.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
