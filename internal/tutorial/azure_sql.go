package tutorial

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/client"
)

const (
	versionSQL   = "2021-11-01"
	databaseName = "inventory"
)

// azureSQL is "Use a Windows VM system-assigned managed identity to access Azure SQL Database".
func azureSQL() Part {
	return Part{
		Name:    "azure-sql",
		Title:   "Use a VM system-assigned managed identity to access Azure SQL Database",
		Summary: "The machine's identity becomes a user of a database, and the machine reads a table with its token.",
		run:     playAzureSQL,
	}
}

func playAzureSQL(ctx context.Context, s *stage) error {
	const name = "sqlVM"
	s.step("A resource group, and a virtual machine whose system-assigned identity is on")
	group, err := s.group(ctx, "mi-test")
	if err != nil {
		return err
	}
	machine, err := s.machine(ctx, client.NewMachine{Group: group, Name: name, System: true})
	if err != nil {
		return err
	}
	server, err := s.sqlServer(ctx, group)
	if err != nil {
		return err
	}
	s.step("What production would teach: until it is a user of the database, the machine cannot log in")
	if out, err := s.query(ctx, group, name, server, "SELECT 1"); err == nil || !strings.Contains(out+err.Error(), "Login failed for user '<token-identified principal>'") {
		return fmt.Errorf("the machine was not refused as it should be: %s %w", out, err)
	}
	if err := s.containedUser(ctx, server, name, text(machine, "identity", "principalId")); err != nil {
		return err
	}
	s.step("On the machine: get an access token for Azure SQL")
	resource := "https://" + s.Owner.Cloud.SQLSuffix + "/"
	answer, err := s.onMachine(ctx, group, name, "curl 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource="+
		url.QueryEscape(resource)+"' -H Metadata:true")
	if err != nil {
		return err
	}
	if err := expect("resource", text(answer, "resource"), resource); err != nil {
		return err
	}
	s.step("On the machine: open a connection with the token, and query")
	out, err := s.query(ctx, group, name, server, "SELECT * from Products;")
	if err != nil {
		return err
	}
	if !strings.Contains(out, "Kingfisher") {
		return errors.New("the query did not return the table's rows")
	}
	return s.allowedAndRefused(ctx, group, name, server)
}

// sqlServer makes a server with an Entra administrator, lets this cloud's machines in, and makes a database.
func (s *stage) sqlServer(ctx context.Context, group string) (string, error) {
	server := "mi-lab-sql"
	for i := 2; ; i++ {
		var free struct{ Available bool }
		err := s.Owner.Into(ctx, "POST", "/subscriptions/"+s.Owner.Credentials.SubscriptionID+"/providers/Microsoft.Sql/checkNameAvailability",
			versionSQL, map[string]any{"name": server, "type": "Microsoft.Sql/servers"}, &free)
		if err != nil {
			return "", err
		}
		if free.Available {
			break
		}
		server = fmt.Sprintf("mi-lab-sql%d", i)
	}
	location := s.Owner.Cloud.Locations[0].Name
	path := s.Owner.GroupPath(group) + "/providers/Microsoft.Sql/servers/" + server
	owner, err := s.Owner.ObjectID(ctx)
	if err != nil {
		return "", err
	}
	s.step("Enable Microsoft Entra authentication: a logical server whose administrator is a Microsoft Entra account")
	_, err = s.settle(ctx, path, map[string]any{"location": location, "properties": map[string]any{
		"administrators": map[string]any{
			"administratorType": "ActiveDirectory", "principalType": "Application", "login": "owner", "sid": owner,
			"tenantId": s.Owner.Credentials.TenantID, "azureADOnlyAuthentication": true,
		},
	}})
	if err != nil {
		return "", err
	}
	s.step("Allow Azure services and resources to access this server")
	_, err = s.settle(ctx, path+"/firewallRules/AllowAllWindowsAzureIps", map[string]any{
		"properties": map[string]any{"startIpAddress": "0.0.0.0", "endIpAddress": "0.0.0.0"},
	})
	if err != nil {
		return "", err
	}
	s.step("Create a database: %s", databaseName)
	_, err = s.settle(ctx, path+"/databases/"+databaseName, map[string]any{"location": location, "sku": map[string]any{"name": "S0"}})
	return server, err
}

// settle puts a resource and waits until it is there.
func (s *stage) settle(ctx context.Context, path string, body any) (map[string]any, error) {
	out, err := s.manage(ctx, "PUT", path, versionSQL, body)
	if err != nil {
		return nil, err
	}
	return out, s.Owner.Exists(ctx, path, versionSQL)
}

// containedUser does what the tutorial does in SQL Server Management Studio, after a table to read.
func (s *stage) containedUser(ctx context.Context, server, machine, principal string) error {
	s.step("As the administrator: a table with something to read")
	for _, text := range []string{
		"CREATE TABLE Products (Id int IDENTITY PRIMARY KEY, Name nvarchar(40) NOT NULL, Price decimal(9,2) NOT NULL)",
		"INSERT INTO Products (Name, Price) VALUES (N'Kingfisher', 12.50), (N'Heron', 31.00)",
	} {
		if err := s.asOwner(ctx, server, text); err != nil {
			return err
		}
	}
	s.step("Create a contained user that represents the machine's identity")
	err := s.asOwner(ctx, server, "CREATE USER ["+machine+"] FROM EXTERNAL PROVIDER")
	if err != nil && strings.Contains(err.Error(), "duplicate display name") {
		err = s.asOwner(ctx, server, "CREATE USER ["+machine+"] FROM EXTERNAL PROVIDER WITH OBJECT_ID='"+principal+"'")
	}
	if err != nil {
		return err
	}
	return s.asOwner(ctx, server, "ALTER ROLE db_datareader ADD MEMBER ["+machine+"]")
}

// asOwner runs a batch as the server's administrator.
func (s *stage) asOwner(ctx context.Context, server, batch string) error {
	fmt.Fprintf(s.Out, "  %s> %s\n", server, batch)
	out, err := s.Query(ctx, server, databaseName, batch)
	fmt.Fprint(s.Out, indent(out))
	return err
}

// query types alcedo sql on the machine: what the tutorial's .NET and PowerShell programs do with the token.
func (s *stage) query(ctx context.Context, group, machine, server, batch string) (string, error) {
	line := fmt.Sprintf("alcedo sql -S %s.%s -d %s -Q %q", server, s.Owner.Cloud.SQLSuffix, databaseName, batch)
	fmt.Fprintf(s.Out, "  %s$ %s\n", machine, line)
	out, err := s.OnMachine(ctx, group, machine, line)
	if err != nil {
		fmt.Fprint(s.Out, indent(firstLine(err.Error())+"\n"))
	}
	fmt.Fprint(s.Out, indent(string(out)))
	return string(out), err
}

// allowedAndRefused shows what db_datareader is, and is not.
func (s *stage) allowedAndRefused(ctx context.Context, group, machine, server string) error {
	s.step("What the machine may do, and what is refused to it")
	var table strings.Builder
	for _, try := range []struct {
		batch   string
		refused string // the message's number; "" is allowed
	}{
		{"SELECT COUNT(*) FROM Products", ""},
		{"INSERT INTO Products (Name, Price) VALUES (N'Dipper', 9.00)", "229"},
		{"UPDATE Products SET Price = 0", "229"},
		{"DELETE FROM Products", "229"},
		{"CREATE TABLE Mine (Id int)", "262"},
		{"DROP TABLE Products", "3701"},
		{"CREATE USER [other] FROM EXTERNAL PROVIDER", "15247"},
	} {
		line := fmt.Sprintf("alcedo sql -S %s.%s -d %s -Q %q 2>&1", server, s.Owner.Cloud.SQLSuffix, databaseName, try.batch)
		out, err := s.OnMachine(ctx, group, machine, line)
		verdict := "allowed"
		if err != nil {
			verdict = "refused, " + firstLine(string(out)+err.Error())
		}
		if (err != nil) != (try.refused != "") || try.refused != "" && !strings.Contains(verdict, "Msg "+try.refused+",") {
			return fmt.Errorf("%s: %s %s", try.batch, verdict, out)
		}
		fmt.Fprintf(&table, "  %-62s %s\n", try.batch, verdict)
	}
	fmt.Fprint(s.Out, table.String())
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
	return b.String()
}
