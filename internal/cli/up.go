package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alcedo-cloud/alcedo/internal/app"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/config"
	"github.com/alcedo-cloud/alcedo/internal/control"
)

// logFile is where a detached instance writes what it would have said on the terminal.
const logFile = "alcedo.log"

type upFlags struct {
	cloud     string
	listen    string
	ephemeral bool
	detach    bool
	verbose   bool
	storage   string
	sql       string
}

func newUp(sh *shell) *cobra.Command {
	var f upFlags
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start the cloud",
		Long: `up starts the cloud and serves until Ctrl-C or "alcedo down". The first start in a folder makes a tenant, a
subscription, a certificate authority and an owner; later ones continue with them. One instance serves one
cloud; several run side by side with different folders and addresses.`,
		Example: `  alcedo up                                      AzureCloud, state in ~/.local/state/alcedo
  alcedo up --cloud AzureChinaCloud --data ./cn --listen 127.0.0.1:9443
  alcedo up --ephemeral                          nothing is kept
  alcedo up --detach                             returns when the cloud answers`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, err := sh.folder()
			if err != nil {
				return err
			}
			settings := config.Settings{
				Cloud: f.cloud, Folder: folder, Ephemeral: f.ephemeral, Listen: f.listen, RootKey: os.Getenv("ALCEDO_ROOT_KEY"),
				DevStorage: f.storage, SQL: f.sql, DevAccounts: os.Getenv("AZURITE_ACCOUNTS"),
			}
			if f.detach {
				return sh.detach(cmd.Context(), settings, f)
			}
			return sh.serve(cmd.Context(), settings, f)
		},
	}
	names := make([]string, 0, 3)
	for _, c := range cloud.All() {
		names = append(names, c.Name)
	}
	flags := cmd.Flags()
	flags.StringVar(&f.cloud, "cloud", "", strings.Join(names, " | ")+" (default: what the folder holds, else "+names[0]+")")
	flags.StringVar(&f.listen, "listen", config.DefaultListen, "address of the TLS listener; port 0 takes a free one")
	flags.StringVar(&f.storage, "dev-storage", "",
		"also serve Blob Storage to programs written for Azurite, in plain HTTP: 127.0.0.1:10000")
	flags.StringVar(&f.sql, "sql", "", "address for clients of Azure SQL outside of a machine (default: a free port of loopback)")
	flags.BoolVar(&f.ephemeral, "ephemeral", false, "keep everything in memory; the folder then only says where the cloud is")
	flags.BoolVarP(&f.detach, "detach", "d", false, "go to the background once the cloud answers")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "log each request on standard error")
	_ = cmd.RegisterFlagCompletionFunc("cloud", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// serve runs the instance in this process until ctx ends.
func (sh *shell) serve(ctx context.Context, settings config.Settings, f upFlags) error {
	defer paceCollector()()
	level := slog.LevelWarn
	if f.verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(sh.err, &slog.HandlerOptions{Level: level}))
	a, err := app.Open(ctx, app.System(settings, log, version()))
	if err != nil {
		return err
	}
	serve := func() error {
		if err := a.Listen(ctx); err != nil {
			return err
		}
		status, err := a.Status(ctx)
		if err != nil {
			return err
		}
		credentials, err := a.Credentials(ctx)
		if err != nil {
			return err
		}
		sh.welcome(status, credentials)
		return a.Serve(ctx)
	}
	err = serve()
	return errors.Join(err, a.Close())
}

// detach starts the instance as a process of its own and returns when it answers.
func (sh *shell) detach(ctx context.Context, settings config.Settings, f upFlags) error {
	if _, c, err := sh.running(ctx); err == nil {
		if _, err := c.Status(ctx); err == nil {
			return fmt.Errorf("a cloud is running in %s already: use it, or stop it with `alcedo down`", settings.Folder)
		}
	}
	if err := os.MkdirAll(settings.Folder, 0o700); err != nil {
		return err
	}
	path := filepath.Join(settings.Folder, logFile)
	log, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"up", "--listen", settings.Listen}
	if settings.Cloud != "" {
		args = append(args, "--cloud", settings.Cloud)
	}
	if f.ephemeral {
		args = append(args, "--ephemeral")
	}
	if f.storage != "" {
		args = append(args, "--dev-storage", f.storage)
	}
	if f.sql != "" {
		args = append(args, "--sql", f.sql)
	}
	if f.verbose {
		args = append(args, "--verbose")
	}
	child := exec.Command(self, args...) // not bound to ctx: it outlives this process
	child.Env = append(os.Environ(), "ALCEDO_DATA="+settings.Folder)
	child.Stderr = log // what it would print on the terminal, this process prints
	child.SysProcAttr = detached()
	if err := child.Start(); err != nil {
		return err
	}
	exited := make(chan error, 1)
	go func() { exited <- child.Wait() }()
	status, err := sh.awaitChild(ctx, exited, child.Process.Pid, path)
	if err != nil {
		return err
	}
	c := control.NewClient(status.Instance)
	credentials, err := c.Credentials(ctx)
	if err != nil {
		return err
	}
	sh.welcome(status, credentials)
	return nil
}

// awaitChild polls until the process serves. Where it exits instead, its last words are the error.
func (sh *shell) awaitChild(ctx context.Context, exited <-chan error, pid int, log string) (control.Status, error) {
	for {
		instance, c, err := sh.running(ctx)
		if err == nil && instance.PID == pid {
			return c.Status(ctx)
		}
		select {
		case <-ctx.Done():
			return control.Status{}, ctx.Err()
		case <-exited:
			text, err := os.ReadFile(log)
			if err != nil {
				return control.Status{}, err
			}
			return control.Status{}, errors.New(strings.TrimPrefix(strings.TrimSpace(string(text)), "alcedo: "))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// welcome prints what a newcomer needs: names, sign-in, what to try.
func (sh *shell) welcome(s control.Status, c control.Credentials) {
	w := sh.out
	fmt.Fprintf(w, "%s answers on %s (process %d)\n\n", sh.bold(s.Cloud), s.Instance.Listen, s.Instance.PID)
	for _, n := range s.Names {
		fmt.Fprintf(w, "  %-18s %s\n", n.Service, n.Host)
	}
	fmt.Fprintf(w, "\n%s\n", sh.bold("Owner"))
	rows := [][2]string{
		{"tenant", c.TenantID},
		{"subscription", c.SubscriptionID},
		{"user", c.UserPrincipalName},
		{"password", c.Password},
		{"service principal", c.ClientID + "  (secret: alcedo credentials)"},
	}
	for _, r := range rows {
		fmt.Fprintf(w, "  %-18s %s\n", r[0], r[1])
	}
	fmt.Fprintf(w, "\n%s\n", sh.bold("Try next"))
	self := commandName()
	printIndented(w,
		self+" tutorial",
		self+" vm create web --group demo",
		self+" vm run web -- curl -sH Metadata:true 'http://169.254.169.254/metadata/identity/oauth2/token?"+
			"api-version=2018-02-01&resource=https://"+resourceManager(s)+"/'",
		self+" explain",
	)
}

// commandName is what to type for this program: its name where the shell finds it by that, else its path.
func commandName() string {
	self, err := os.Executable()
	if err != nil {
		return "alcedo"
	}
	name := filepath.Base(self)
	if found, err := exec.LookPath(name); err == nil && found == self {
		return name
	}
	if dir, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(dir, self); err == nil && !strings.HasPrefix(rel, "..") {
			self = "." + string(filepath.Separator) + rel
		}
	}
	return quote(self)
}

func resourceManager(s control.Status) string {
	for _, n := range s.Names {
		if n.Service == app.NameResourceManager {
			return n.Host
		}
	}
	return ""
}

func printIndented(w io.Writer, lines ...string) {
	for _, l := range lines {
		fmt.Fprintf(w, "  %s\n", l)
	}
}
