// Package cli is the command line: it parses, calls, and prints. A command that needs a running cloud finds it by the
// state folder. It must never hold rules of its own.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/alcedo-cloud/alcedo/internal/config"
	"github.com/alcedo-cloud/alcedo/internal/control"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sandbox"
)

// shell is where a command runs: its streams and the flags that all commands have.
type shell struct {
	in       *os.File
	out, err io.Writer
	data     string // --data
}

// exitStatus ends a command with a status of its own: that of the command it ran, or that of not having run it, with
// the reason.
type exitStatus struct {
	status int
	reason error // nil prints nothing
}

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", e.status) }

// Main runs the command line and returns the status to exit with.
func Main(args []string, in, out, errOut *os.File) int {
	if status, child := sandbox.Child(args); child {
		return status
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot(&shell{in: in, out: out, err: errOut})
	root.SetArgs(args[1:])
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	status := exitStatus{status: 1, reason: err}
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return 130
	}
	if status.reason != nil {
		fmt.Fprintf(errOut, "alcedo: %s\n", message(status.reason))
	}
	return status.status
}

// message is what a person reads of an error: a fault's public message where it has one, since the rest is for logs.
func message(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Kind != fault.Internal && f.Message != "" {
		return f.Message
	}
	return err.Error()
}

func newRoot(sh *shell) *cobra.Command {
	root := &cobra.Command{
		Use:   "alcedo",
		Short: "Azure's managed identity, whole, on your own machine",
		Long: `alcedo runs the parts of Azure that a managed identity meets: virtual machines with identities, the token
endpoint at 169.254.169.254, Microsoft Entra ID, Resource Manager and RBAC. Unmodified clients take it for
Azure, and what Azure would refuse is refused here, in Azure's own words.

alcedo is not a Microsoft product.`,
		Example: `  alcedo up --detach                        start a cloud
  alcedo vm create web --group demo         a virtual machine with an identity
  alcedo vm run web -- curl -H Metadata:true \
    'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/'
  alcedo explain --last                     why was that allowed, or refused?
  alcedo down`,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().StringVar(&sh.data, "data", "",
		"state folder (default $ALCEDO_DATA, else $XDG_STATE_HOME/alcedo)")
	root.AddCommand(
		newUp(sh), newDown(sh), newWait(sh), newCredentials(sh), newRun(sh), newVM(sh), newEnv(sh), newExplain(sh),
		newStorage(sh), newSQL(sh), newTutorial(sh), newVersion(sh), newFetch(sh),
	)
	return root
}

// version is the module's version as built, or the revision of the checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "devel-" + s.Value[:min(12, len(s.Value))]
		}
	}
	return "devel"
}

func newVersion(sh *shell) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(sh.out, "alcedo", version())
			return err
		},
	}
}

// folder is the state folder that the command works on.
func (sh *shell) folder() (string, error) { return config.Folder(sh.data, os.Getenv) }

// running finds the instance of the state folder and proves that it answers.
func (sh *shell) running(ctx context.Context) (config.Instance, *control.Client, error) {
	folder, err := sh.folder()
	if err != nil {
		return config.Instance{}, nil, err
	}
	instance, err := config.ReadInstance(folder)
	if errors.Is(err, config.ErrNotRunning) {
		return instance, nil, fmt.Errorf("no cloud is running in %s: start one with `alcedo up`", folder)
	}
	if err != nil {
		return instance, nil, err
	}
	c := control.NewClient(instance)
	if _, err := c.Status(ctx); err != nil {
		return instance, nil, fmt.Errorf("the cloud in %s does not answer: start it with `alcedo up` (%w)", folder, err)
	}
	return instance, c, nil
}

// printJSON writes v indented, as az does.
func (sh *shell) printJSON(v any) error {
	enc := json.NewEncoder(sh.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// bold marks text on a terminal that shows it, and nowhere else.
func (sh *shell) bold(text string) string {
	f, ok := sh.out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}
