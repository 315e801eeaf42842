package vault

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

// Access is who asks, of which vault, from where.
type Access struct {
	Caller   caller.Caller
	Vault    string     // name, in any case
	ClientIP netip.Addr // the zero Addr where it is not known: only a vault that is open to all lets it in
	// Management is set by the resource provider: Resource Manager has decided, by the vault's control plane actions, and
	// neither data rights nor the network's rules are asked.
	Management bool
}

// permit is the one door to what is in a vault: it finds the vault, holds the network's rules and the caller's right to
// the operation on the object, whose name is "" for the vault itself.
func (s *Service) permit(ctx context.Context, a Access, op Operation, name string) (*opened, error) {
	needs, ok := s.operations[op]
	if !ok {
		return nil, fault.Newf(fault.Internal, "vault.permit", "", "operation %s has no row", op)
	}
	o, err := s.open(ctx, a.Vault)
	if err != nil || a.Management {
		return o, err
	}
	v := o.Vault
	if a.Caller.Kind == caller.Anonymous {
		return nil, fault.New(fault.Unauthenticated, "vault.permit", "", "AKV10000: Request is missing a Bearer or PoP token.")
	}
	if strings.EqualFold(v.PublicNetworkAccess, "Disabled") {
		s.decided(a.Caller, v, needs, name, false, "the vault's public network access is disabled")
		return nil, forbidden("ForbiddenByConnection", "Public network access is disabled and request is not from a trusted "+
			"service nor via an approved private link.\r\n"+callerLine(a.Caller)+"\r\n"+vaultLine(v))
	}
	if !v.Network.admit(a.ClientIP) {
		s.decided(a.Caller, v, needs, name, false, "the vault's network rules do not admit "+addressText(a.ClientIP))
		return nil, forbidden("ForbiddenByFirewall", "Client address is not authorized and caller is not a trusted service.\r\n"+
			"Client address: "+addressText(a.ClientIP)+"\r\n"+callerLine(a.Caller)+"\r\n"+vaultLine(v))
	}
	if !v.EnableRBAC {
		return o, s.byPolicy(ctx, a.Caller, v, needs, name)
	}
	return o, s.byRole(ctx, a.Caller, v, needs, name)
}

// request is the operation as RBAC knows it, at the object, or at the vault where no object is named.
func request(v *Vault, needs rights, name string) rbac.Request {
	scope := v.ResourceID
	if name != "" {
		scope += "/" + string(needs.on) + "/" + name
	}
	return rbac.Request{Action: "Microsoft.KeyVault/vaults/" + needs.action, Data: true, Scope: rbac.NewScope(scope)}
}

// decided records what the vault's own rules have decided.
func (s *Service) decided(c caller.Caller, v *Vault, needs rights, name string, allowed bool, rule string) {
	if s.Recorder != nil {
		s.Recorder.Record(c, request(v, needs, name), rbac.Decision{Allowed: allowed, Rule: rule})
	}
}

// byRole asks Azure RBAC.
func (s *Service) byRole(ctx context.Context, c caller.Caller, v *Vault, needs rights, name string) error {
	r := request(v, needs, name)
	err := s.Door.Authorize(ctx, c, r)
	if !fault.Is(err, fault.Denied) {
		return fault.Wrap("vault.permit", err)
	}
	denied := forbidden("ForbiddenByRbac", "Caller is not authorized to perform action on resource.\r\n"+
		"If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\n"+
		callerLine(c)+"\r\nAction: '"+r.Action+"'\r\nResource: '"+r.Scope.Lower()+"'\r\nAssignment: (not found)\r\n"+
		"DenyAssignmentId: null\r\nDecisionReason: null\r\n"+vaultLine(v))
	denied.Cause = err
	return denied
}

// byPolicy looks for an access policy that names the caller, or a group of the caller's, and has the permission.
func (s *Service) byPolicy(ctx context.Context, c caller.Caller, v *Vault, needs rights, name string) error {
	groups, err := s.Groups(ctx, c.ObjectID)
	if err != nil {
		return fault.Wrap("vault.permit", err)
	}
	for i := range v.AccessPolicies {
		if p := &v.AccessPolicies[i]; p.names(c, groups) && p.holds(needs) {
			s.decided(c, v, needs, name, true, "the vault's access policy for "+p.ObjectID+" has the permission "+permission(needs))
			return nil
		}
	}
	s.decided(c, v, needs, name, false, "no access policy of the vault gives the caller the permission "+permission(needs)+
		": add it with az keyvault set-policy")
	return forbidden("AccessDenied", "The user, group or application '"+callerText(c)+"' does not have "+string(needs.on)+" "+
		needs.permission+" permission on key vault '"+vaultText(v)+
		"'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287")
}

// permission names what an access policy gives: "secrets get".
func permission(needs rights) string { return string(needs.on) + " " + needs.permission }

// names reports whether a policy is for the caller. One with an application is for a user through that application, and
// for nobody without it: Key Vault calls that a compound identity.
func (p *AccessPolicy) names(c caller.Caller, groups []string) bool {
	if p.TenantID != "" && !strings.EqualFold(p.TenantID, c.TenantID) {
		return false
	}
	if p.ApplicationID != "" && !strings.EqualFold(p.ApplicationID, c.AppID) {
		return false
	}
	return strings.EqualFold(p.ObjectID, c.ObjectID) ||
		slices.ContainsFunc(groups, func(g string) bool { return strings.EqualFold(g, p.ObjectID) })
}

// holds reports whether a policy has the permission. "all" has each but purge. Source: the documentation of the property
// permissions, which lists purge beside all.
func (p *AccessPolicy) holds(needs rights) bool {
	return slices.ContainsFunc(p.Permissions.of(needs.on), func(has string) bool {
		return strings.EqualFold(has, needs.permission) || strings.EqualFold(has, "all") && needs.permission != "purge"
	})
}

func forbidden(inner, message string) *fault.Error {
	return fault.New(fault.Denied, "vault.permit", inner, message)
}

// callerText names a caller as Key Vault's refusals do.
func callerText(c caller.Caller) string {
	return "appid=" + c.AppID + ";oid=" + c.ObjectID + ";iss=" + c.Issuer
}

func callerLine(c caller.Caller) string { return "Caller: " + callerText(c) }
func vaultText(v *Vault) string         { return v.Name + ";location=" + v.Location }
func vaultLine(v *Vault) string         { return "Vault: " + vaultText(v) }

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return "(unknown)"
	}
	return a.Unmap().String()
}
