package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/alcedo-cloud/alcedo/internal/client"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/control"
)

func newCredentials(sh *shell) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "credentials",
		Short: "Print the owner's credentials",
		Long: `credentials prints what the first start made: a service principal and a user, each Owner of the subscription;
the user also administers the directory.`,
		Example: `  alcedo credentials
  set -a; eval "$(alcedo credentials --output env)"; set +a`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			instance, c, err := sh.running(cmd.Context())
			if err != nil {
				return err
			}
			credentials, err := c.Credentials(cmd.Context())
			if err != nil {
				return err
			}
			switch output {
			case "json":
				return sh.printJSON(credentials)
			case "env":
				for _, v := range credentialVariables(credentials, instance.Cloud) {
					fmt.Fprintf(sh.out, "%s=%s\n", v.name, quote(v.value))
				}
				return nil
			}
			return fmt.Errorf("--output %s: use json or env", output)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "json", "json | env")
	_ = cmd.RegisterFlagCompletionFunc("output",
		cobra.FixedCompletions([]string{"json", "env"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

type variable struct{ name, value string }

// credentialVariables are the names that the SDKs' EnvironmentCredential and Terraform read.
func credentialVariables(c control.Credentials, cloudName string) []variable {
	return []variable{
		{"AZURE_TENANT_ID", c.TenantID},
		{"AZURE_SUBSCRIPTION_ID", c.SubscriptionID},
		{"AZURE_CLIENT_ID", c.ClientID},
		{"AZURE_CLIENT_SECRET", c.ClientSecret},
		{"AZURE_USERNAME", c.UserPrincipalName},
		{"AZURE_PASSWORD", c.Password},
		{"AZURE_AUTHORITY_HOST", authorityHost(cloudName)},
		{"ARM_TENANT_ID", c.TenantID},
		{"ARM_SUBSCRIPTION_ID", c.SubscriptionID},
		{"ARM_CLIENT_ID", c.ClientID},
		{"ARM_CLIENT_SECRET", c.ClientSecret},
		{"ARM_ENVIRONMENT", terraformCloud(cloudName)},
	}
}

func authorityHost(cloudName string) string {
	c, err := cloud.ByName(cloudName)
	if err != nil {
		return "" // the instance runs that cloud
	}
	return "https://" + c.Login + "/"
}

// terraformCloud is the cloud's name in the azurerm provider.
func terraformCloud(name string) string {
	switch name {
	case "AzureChinaCloud":
		return "china"
	case "AzureUSGovernment":
		return "usgovernment"
	}
	return "public"
}

// owner is a client of the running cloud, signed in as its owner.
func (sh *shell) owner(cmd *cobra.Command) (*client.Client, error) {
	instance, c, err := sh.running(cmd.Context())
	if err != nil {
		return nil, err
	}
	credentials, err := c.Credentials(cmd.Context())
	if err != nil {
		return nil, err
	}
	return client.New(instance, credentials)
}
