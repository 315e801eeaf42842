// Package alcedo runs a cloud inside a Go program: Entra ID, Resource Manager with RBAC, virtual machines with
// identities. Clients reach it through the transports that it gives out, under Azure's official names; nothing of them
// changes.
//
//	cloud, err := alcedo.Start(ctx, alcedo.Config{})
//	…
//	defer cloud.Close()
//	options := azcore.ClientOptions{Transport: cloud.HTTPClient()}
//
// Package alcedotest does the same for tests, in fewer words.
package alcedo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"

	"github.com/alcedo-cloud/alcedo/internal/app"
	"github.com/alcedo-cloud/alcedo/internal/config"
)

// Config says which cloud to run. The zero Config is AzureCloud in memory.
type Config struct {
	Cloud  string       // AzureCloud, AzureChinaCloud or AzureUSGovernment; "" is what Folder holds, else AzureCloud
	Folder string       // state folder; "" keeps everything in memory
	Listen string       // address of the TLS listener; "" is a free port of 127.0.0.1
	Log    *slog.Logger // nil discards
}

// Credentials are those of the owner that the first start made: a service principal and a user. Both are Owner of the
// subscription, and the user administers the directory.
type Credentials struct {
	TenantID, SubscriptionID    string // GUIDs
	ClientID, ClientSecret      string
	UserPrincipalName, Password string
}

// Cloud is a running cloud.
type Cloud struct {
	app     *app.App
	scratch string // folder to remove; "" where it is the caller's
	served  chan error
	stop    context.CancelFunc
	roots   *x509.CertPool
	address string
	name    string
	owner   Credentials
}

// Start opens the folder, makes it a cloud at the first start, and serves until Close. ctx bounds the start only.
func Start(ctx context.Context, c Config) (_ *Cloud, err error) {
	settings := config.Settings{Cloud: c.Cloud, Folder: c.Folder, Listen: c.Listen}
	cloud := &Cloud{served: make(chan error, 1)}
	if settings.Folder == "" {
		settings.Ephemeral = true
		if cloud.scratch, err = os.MkdirTemp("", "alcedo-"); err != nil {
			return nil, err
		}
		settings.Folder = cloud.scratch
	}
	if settings.Listen == "" {
		settings.Listen = "127.0.0.1:0"
	}
	log := c.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := cloud.start(ctx, settings, log); err != nil {
		return nil, errors.Join(err, cloud.Close())
	}
	return cloud, nil
}

func (c *Cloud) start(ctx context.Context, settings config.Settings, log *slog.Logger) (err error) {
	if c.app, err = app.Open(ctx, app.System(settings, log, "embedded")); err != nil {
		return err
	}
	if err := c.app.Listen(ctx); err != nil {
		return err
	}
	status, err := c.app.Status(ctx)
	if err != nil {
		return err
	}
	owner, err := c.app.Credentials(ctx)
	if err != nil {
		return err
	}
	c.owner, c.address, c.name = Credentials(owner), status.Instance.Listen, status.Cloud
	pem, err := os.ReadFile(status.Instance.CertificateCA)
	if err != nil {
		return err
	}
	c.roots = x509.NewCertPool()
	if !c.roots.AppendCertsFromPEM(pem) {
		return fmt.Errorf("%s holds no certificate", status.Instance.CertificateCA)
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stop = stop
	go func() { c.served <- c.app.Serve(serving) }()
	return nil
}

// Close stops serving. What a folder holds stays; a cloud in memory is gone.
func (c *Cloud) Close() error {
	var err error
	if c.stop != nil {
		c.stop()
		err = <-c.served
		c.stop = nil
	}
	if c.app != nil {
		err = errors.Join(err, c.app.Close())
		c.app = nil
	}
	if c.scratch != "" {
		err = errors.Join(err, os.RemoveAll(c.scratch))
		c.scratch = ""
	}
	return err
}

// Name is the cloud's name: AzureCloud, AzureChinaCloud or AzureUSGovernment.
func (c *Cloud) Name() string { return c.name }

// Owner are the owner's credentials.
func (c *Cloud) Owner() Credentials { return c.owner }

// HTTPClient is a client whose connections to Azure's official names go to this cloud and nowhere else. It is what
// azcore.ClientOptions.Transport takes. Each call makes one with connections of its own.
func (c *Cloud) HTTPClient() *http.Client { return c.client("") }

// MachineClient is HTTPClient on a virtual machine: 169.254.169.254 answers as that machine's metadata service. The
// machine is named by its resource id and need not exist yet.
func (c *Cloud) MachineClient(resourceID string) (*http.Client, error) {
	address, err := c.app.MetadataAddress(context.Background(), resourceID)
	if err != nil {
		return nil, err
	}
	return c.client(address), nil
}

func (c *Cloud) client(metadata string) *http.Client {
	var dialer net.Dialer
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if address == "169.254.169.254:80" {
				if metadata == "" {
					return nil, errors.New("dial 169.254.169.254: this is no virtual machine (see MachineClient)")
				}
				return dialer.DialContext(ctx, network, metadata)
			}
			return dialer.DialContext(ctx, network, c.address)
		},
		TLSClientConfig:   &tls.Config{RootCAs: c.roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
	}}
}
