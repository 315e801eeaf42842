package cli

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/alcedo-cloud/alcedo/internal/client"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/sqlclient"
)

// sqlFlags are the flags of `alcedo sql`, named as sqlcmd's are.
type sqlFlags struct {
	server, database, query, input, output string
	user, password                         string
}

func newSQL(sh *shell) *cobra.Command {
	var f sqlFlags
	cmd := &cobra.Command{
		Use:   "sql",
		Short: "Query Azure SQL, as the owner or as the machine that it runs on",
		Long: `sql connects to a server of Azure SQL and runs Transact-SQL: what -Q says, a file, standard input, or what is typed.
GO on a line of its own sends what was typed. In "alcedo vm run" it signs in with the machine's managed identity,
elsewhere as the owner of the cloud, with -U and -P as a SQL login. It ends with status 1 where a batch failed.`,
		Example: `  alcedo sql create shop -d app
  alcedo sql -S shop -d app
  alcedo sql -S shop -d app -Q "SELECT name FROM sys.tables" -o json
  alcedo sql -S shop -d app -i schema.sql
  alcedo vm run web -- alcedo sql -S shop -d app -Q "SELECT SUSER_SNAME()"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return sh.sql(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.server, "server", "S", "", "server: its name, or its whole host name")
	flags.StringVarP(&f.database, "database", "d", "master", "database")
	flags.StringVarP(&f.query, "query", "Q", "", "run this and end")
	flags.StringVarP(&f.input, "input", "i", "", "run this file and end")
	flags.StringVarP(&f.output, "output", "o", "table", "table | csv | json")
	flags.StringVarP(&f.user, "user", "U", "", "SQL login")
	flags.StringVarP(&f.password, "password", "P", "", "its password (default: $SQLCMDPASSWORD)")
	_ = cmd.MarkFlagRequired("server")
	cmd.AddCommand(newSQLCreate(sh))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "csv", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (sh *shell) sql(ctx context.Context, f sqlFlags) (err error) {
	printer, err := sh.printer(f.output)
	if err != nil {
		return err
	}
	options, err := sh.sqlOptions(ctx, f)
	if err != nil {
		return err
	}
	conn, err := sqlclient.Open(ctx, options)
	if err != nil {
		return fmt.Errorf("%s: %w", options.Server, err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	script := f.query
	switch {
	case f.query != "":
	case f.input != "":
		text, err := os.ReadFile(f.input)
		if err != nil {
			return err
		}
		script = string(text)
	case !sh.interactive():
		text, err := io.ReadAll(sh.in)
		if err != nil {
			return err
		}
		script = string(text)
	default:
		return sh.converse(ctx, conn, printer, options)
	}
	failed := false
	for _, batch := range sqlclient.Split(script) {
		bad, err := conn.Run(ctx, batch, printer)
		if err != nil {
			return err
		}
		failed = failed || bad
	}
	if err := printer.finish(); err != nil {
		return err
	}
	if failed {
		return exitStatus{status: 1}
	}
	return nil
}

// interactive reports whether a person types.
func (sh *shell) interactive() bool {
	return term.IsTerminal(int(sh.in.Fd()))
}

// sqlOptions settles the address and who signs in.
func (sh *shell) sqlOptions(ctx context.Context, f sqlFlags) (sqlclient.Options, error) {
	o := sqlclient.Options{Server: f.server, Database: f.database, User: f.user, Password: f.password}
	if o.Password == "" {
		o.Password = os.Getenv("SQLCMDPASSWORD")
	}
	if suffix, inside := machineSuffix(ctx); inside {
		if !strings.Contains(o.Server, ".") {
			o.Server += "." + suffix
		}
		if f.user == "" {
			o.Token = func(ctx context.Context) (string, error) { return machineToken(ctx, "https://"+suffix+"/") }
		}
		return o, nil
	}
	instance, c, err := sh.running(ctx)
	if err != nil {
		return o, err
	}
	credentials, err := c.Credentials(ctx)
	if err != nil {
		return o, err
	}
	owner, err := client.New(instance, credentials)
	if err != nil {
		return o, err
	}
	if !strings.Contains(o.Server, ".") {
		o.Server += "." + owner.Cloud.SQLSuffix
	}
	pem, err := os.ReadFile(instance.CertificateCA)
	if err != nil {
		return o, err
	}
	o.Roots = x509.NewCertPool()
	o.Roots.AppendCertsFromPEM(pem)
	o.Address = instance.SQL
	if f.user == "" {
		o.Token = func(ctx context.Context) (string, error) { return owner.Token(ctx, "https://"+owner.Cloud.SQLSuffix) }
	}
	return o, nil
}

// metadataWait is how long the metadata service's address may take to accept a connection: elsewhere nobody does.
const metadataWait = 500 * time.Millisecond

// machineSuffix tells whether this runs on a virtual machine, and the suffix of SQL servers in its cloud.
func machineSuffix(ctx context.Context) (string, bool) {
	d := net.Dialer{Timeout: metadataWait}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(cloud.IMDSAddress, "80"))
	if err != nil {
		return "", false
	}
	_ = conn.Close() // only its being there counts
	var machine struct {
		Compute struct {
			Environment string `json:"azEnvironment"`
		} `json:"compute"`
	}
	if err := metadata(ctx, "/metadata/instance?api-version=2021-02-01", &machine); err != nil {
		return "", false
	}
	names := map[string]string{"AzurePublicCloud": "AzureCloud", "AzureUSGovernmentCloud": "AzureUSGovernment"}
	name := machine.Compute.Environment
	if official, ok := names[name]; ok {
		name = official
	}
	c, err := cloud.ByName(name)
	if err != nil {
		return "", false
	}
	return c.SQLSuffix, true
}

func machineToken(ctx context.Context, resource string) (string, error) {
	var token struct {
		AccessToken string `json:"access_token"`
	}
	err := metadata(ctx, "/metadata/identity/oauth2/token?api-version=2018-02-01&resource="+url.QueryEscape(resource), &token)
	return token.AccessToken, err
}

// metadata asks the machine's metadata service.
func metadata(ctx context.Context, path string, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+cloud.IMDSAddress+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Metadata", "true")
	direct := &http.Client{Transport: &http.Transport{Proxy: nil}}
	resp, err := direct.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	const most = 1 << 20
	body, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the metadata service answered %d: %.300s", resp.StatusCode, body)
	}
	return json.Unmarshal(body, out)
}

// converse reads batches from a terminal, with a history, until EXIT or Ctrl-D.
func (sh *shell) converse(ctx context.Context, conn *sqlclient.Connection, printer *printer, o sqlclient.Options) error {
	state, err := term.MakeRaw(int(sh.in.Fd()))
	if err != nil {
		return err
	}
	defer func() { _ = term.Restore(int(sh.in.Fd()), state) }() // the terminal may be gone
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{sh.in, sh.out}, "1> ")
	printer.out, printer.err = t, t // the terminal is raw: it ends lines by itself
	fmt.Fprintf(t, "%s, %s. GO sends, EXIT ends.\n", o.Server, o.Database)
	var lines []string
	for {
		t.SetPrompt(fmt.Sprintf("%d> ", len(lines)+1))
		line, err := t.ReadLine()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch word := strings.ToUpper(strings.TrimSpace(line)); {
		case len(lines) == 0 && (word == "EXIT" || word == "QUIT"):
			return nil
		case word == "RESET":
			lines = nil
		case word == "GO":
			text := strings.Join(lines, "\n")
			lines = nil
			if _, err := conn.Run(ctx, text, printer); err != nil {
				return err
			}
			if err := printer.finish(); err != nil {
				return err
			}
		default:
			lines = append(lines, line)
		}
	}
}
