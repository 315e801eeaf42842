package app

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/dns"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sandbox"
)

// attach says what answers inside a sandbox. Which machine its metadata service is for is settled here, once, by the
// listener: nothing that is asked through it can change that.
func (a *App) attach(ctx context.Context, r sandbox.Request) (sandbox.Handlers, error) {
	names := dns.New(a.cloud, netip.MustParseAddr(sandbox.GatewayAddress))
	h := sandbox.Handlers{
		HTTPS:     a.serving.gateway.ServeTLS,
		HTTP:      a.serving.gateway.ServePlain,
		SQL:       func(l net.Listener) error { return a.fronts.databases.Serve(context.WithoutCancel(ctx), l) },
		DNS:       names.ServeListener,
		DNSPacket: names.ServePacket,
		CA:        a.services.authority.PEM(),
	}
	if r.Machine == "" {
		return h, nil
	}
	group, name, ok := strings.Cut(r.Machine, "/")
	if !ok {
		group, name = "", r.Machine
	}
	machine, err := a.machine(ctx, name, group)
	if err != nil {
		return sandbox.Handlers{}, err
	}
	id, ok := resource.ParseID(machine.ID)
	if !ok {
		return sandbox.Handlers{}, fault.Newf(fault.Internal, "app.attach", "", "stored id %q", machine.ID)
	}
	metadata := a.fronts.metadata.For(id)
	h.IMDS = func(l net.Listener) error { return closed(httpx.NewServer(metadata, a.Log).Serve(l)) }
	return h, nil
}
