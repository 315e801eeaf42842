package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alcedo-cloud/alcedo/internal/control"
)

func newEnv(sh *shell) *cobra.Command {
	var machine, group, output string
	cmd := &cobra.Command{
		Use:   "env",
		Short: "Print variables that point SDKs at the cloud, where namespaces cannot be had",
		Long: `env is the door for macOS, Windows, containers and wherever "alcedo run" cannot make namespaces. It prints a
proxy that reaches the cloud's official names, the certificate authority, and with --vm the identity endpoint
of that virtual machine. Programs that ask 169.254.169.254 itself, as rclone and "az" do, need "alcedo vm run".`,
		Example: `  eval "$(alcedo env --vm web)"
  alcedo env --vm web --output dotenv > .env
  alcedo env --output powershell | Invoke-Expression`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, c, err := sh.running(cmd.Context())
			if err != nil {
				return err
			}
			e, err := c.Environment(cmd.Context(), machine, group)
			if err != nil {
				return err
			}
			return sh.printVariables(environmentVariables(e), output)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&machine, "vm", "", "be this virtual machine (a scale-set instance is SCALESET_0)")
	flags.StringVarP(&group, "group", "g", "", "its resource group, where several have the name")
	flags.StringVarP(&output, "output", "o", "shell", "shell | dotenv | powershell | json")
	_ = cmd.RegisterFlagCompletionFunc("vm", sh.completeMachines)
	return cmd
}

// environmentVariables are what Azure's SDKs, Terraform, Python, Node and curl read.
func environmentVariables(e control.Environment) []variable {
	vars := []variable{
		{"HTTPS_PROXY", e.Proxy},
		{"https_proxy", e.Proxy},
		{"NO_PROXY", "127.0.0.1,localhost"},
		{"no_proxy", "127.0.0.1,localhost"},
		{"SSL_CERT_FILE", e.CertificateAll},
		{"REQUESTS_CA_BUNDLE", e.CertificateAll},
		{"CURL_CA_BUNDLE", e.CertificateAll},
		{"NODE_EXTRA_CA_CERTS", e.CertificateCA},
		{"NODE_USE_ENV_PROXY", "1"}, // Node 24 and later
		{"AZURE_AUTHORITY_HOST", e.Authority},
		{"AZURE_TENANT_ID", e.TenantID},
		{"AZURE_SUBSCRIPTION_ID", e.SubscriptionID},
		{"ARM_ENVIRONMENT", terraformCloud(e.Cloud)},
	}
	if e.IdentityEndpoint != "" {
		vars = append(vars,
			variable{"IDENTITY_ENDPOINT", e.IdentityEndpoint},
			variable{"IDENTITY_HEADER", e.IdentityHeader},
			variable{"MSI_ENDPOINT", e.MSIEndpoint},
		)
	}
	return vars
}

func (sh *shell) printVariables(vars []variable, output string) error {
	switch output {
	case "shell":
		for _, v := range vars {
			fmt.Fprintf(sh.out, "export %s=%s\n", v.name, quote(v.value))
		}
	case "dotenv":
		for _, v := range vars {
			fmt.Fprintf(sh.out, "%s=%s\n", v.name, v.value)
		}
	case "powershell":
		for _, v := range vars {
			fmt.Fprintf(sh.out, "$env:%s = '%s'\n", v.name, strings.ReplaceAll(v.value, "'", "''"))
		}
	case "json":
		out := make(map[string]string, len(vars))
		for _, v := range vars {
			out[v.name] = v.value
		}
		return sh.printJSON(out)
	default:
		return fmt.Errorf("--output %s: use shell, dotenv, powershell or json", output)
	}
	return nil
}

// quote makes text one word of a POSIX shell; plain words stay as they are.
func quote(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:@,+=", r)
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
