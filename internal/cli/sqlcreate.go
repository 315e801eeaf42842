package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// newSQLCreate is what a newcomer reaches for before there is anything to query. Any client of Resource Manager does
// the same.
func newSQLCreate(sh *shell) *cobra.Command {
	var group, database string
	cmd := &cobra.Command{
		Use:   "create SERVER",
		Short: "Make a server and a database, with the owner as the Microsoft Entra administrator",
		Long: `create makes the resource group where it is missing, then a server that the machines of this cloud may reach, then
a database. Any client of Resource Manager can do the same, as az sql server create and az sql db create do.`,
		Example: "  alcedo sql create shop -d app\n  alcedo sql -S shop -d app -Q \"CREATE USER [web] FROM EXTERNAL PROVIDER\"",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			owner, err := sh.owner(cmd)
			if err != nil {
				return err
			}
			location := owner.Cloud.Locations[0].Name
			if err := owner.CreateGroup(cmd.Context(), group, location); err != nil {
				return err
			}
			if err := owner.CreateDatabase(cmd.Context(), group, location, args[0], database); err != nil {
				return err
			}
			fmt.Fprintf(sh.out, "%s.%s, database %s\n", args[0], owner.Cloud.SQLSuffix, database)
			return nil
		},
	}
	cmd.Flags().StringVarP(&group, "group", "g", "demo", "resource group, made where it is missing")
	cmd.Flags().StringVarP(&database, "database", "d", "app", "the database's name")
	return cmd
}
