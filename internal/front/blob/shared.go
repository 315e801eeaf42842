package blob

import (
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/sas"
	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// flatDirectories is the version since which a signature may be for a directory where names alone make them.
const flatDirectories = "2026-04-06"

// shared is a verified shared access signature.
type shared = sas.Signed

// bySAS checks a shared access signature: its own form, the signature, the stored access policy, time, protocol and
// address. What it permits is the service's to decide. raw is the token of the only user who may use it.
func (f *front) bySAS(x *exchange, raw string) error {
	signed, err := sas.Parse(x.query)
	if err != nil {
		return signatureFault(err)
	}
	if signed.Kind != sas.UserDelegation && !x.account.AllowSharedKeyAccess {
		return refusal(fault.Denied, "KeyBasedAuthenticationNotPermitted")
	}
	if signed.Resource == "d" && signed.Version < flatDirectories && !x.account.HierarchicalNamespace {
		return unauthenticated("A signature for a directory (sr=d) needs an account with a hierarchical namespace.")
	}
	target := sas.Target{
		Account: x.account.Name, Container: x.target.Container, Blob: x.target.Blob,
		Snapshot: x.param("snapshot"), VersionID: x.param("versionid"),
		Header: x.r.Header.Get, Parameter: x.param,
	}
	if signed.Kind == sas.UserDelegation {
		err = signed.VerifyDelegated(f.delegation(x.account).Key(signed.Delegation), target)
	} else {
		err = signed.Verify([][]byte{x.account.Keys[0].Value, x.account.Keys[1].Value}, target)
	}
	if err == nil && signed.Identifier != "" {
		signed, err = f.withPolicy(x, signed)
	}
	if err != nil {
		return signatureFault(err)
	}
	if err := signed.CheckTime(x.at); err != nil {
		return signatureFault(err)
	}
	if err := signed.CheckProtocol(x.access.HTTPS); err != nil {
		return err
	}
	if err := signed.CheckIP(x.access.ClientIP); err != nil {
		return err
	}
	if err := f.delegated(x, signed, raw); err != nil {
		return err
	}
	x.shared = &signed
	return x.grant(signed)
}

// signatureFault puts a signature's refusal in the answer's AuthenticationErrorDetail.
func signatureFault(err error) error {
	var why *sas.Refusal
	if asRefusal(err, &why) {
		return unauthenticated(why.Detail)
	}
	return err
}

// withPolicy adds what the container's stored access policy says.
func (f *front) withPolicy(x *exchange, signed sas.Signed) (sas.Signed, error) {
	stored, ok, err := f.Service.Policy(x.r.Context(), x.account.Name, x.target.Container, signed.Identifier)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return signed, err
	}
	if err != nil || !ok {
		return signed, sas.NoPolicy()
	}
	policy := sas.Policy{Permissions: stored.Permission}
	var readable bool
	if stored.Start != "" {
		if policy.Start, readable = sas.ParseInstant(stored.Start); !readable {
			return signed, sas.NoPolicy()
		}
	}
	if stored.Expiry != "" {
		if policy.Expiry, readable = sas.ParseInstant(stored.Expiry); !readable {
			return signed, sas.NoPolicy()
		}
	}
	return signed.WithPolicy(policy)
}

// delegation is what the account's user delegation keys are made from. A key dies with its account and when the
// account's keys are revoked.
func (f *front) delegation(a *blob.Account) sas.Secret {
	return sas.Secret{
		Server: f.DelegationSecret, Account: a.Name,
		Epoch: strconv.FormatInt(a.Created.UnixNano(), 10) + "/" + strconv.FormatInt(a.DelegationRevoked.UnixNano(), 10),
	}
}

// delegated says whose rights a user delegation SAS stands on, and checks the user for whom alone it may be.
func (f *front) delegated(x *exchange, signed sas.Signed, raw string) error {
	if signed.Kind != sas.UserDelegation {
		return nil
	}
	d := signed.Delegation
	if !strings.EqualFold(d.TenantID, f.TenantID) {
		return unauthenticated("Issuer validation failed. Issuer did not match.")
	}
	if d.UserObjectID != "" {
		if raw == "" {
			return unauthenticated("The signature is for one user, who has to show a token.")
		}
		user, err := f.verify(x, raw)
		if err != nil {
			return err
		}
		if !strings.EqualFold(user.ObjectID, d.UserObjectID) || d.UserTenantID != "" && !strings.EqualFold(user.TenantID, d.UserTenantID) {
			return refusal(fault.Denied, "AuthorizationFailure")
		}
	}
	x.access.Caller = caller.Caller{
		Kind: caller.ServicePrincipal, TenantID: f.TenantID, ObjectID: lower(d.ObjectID), RequestID: x.id,
	}
	return nil
}

// grant hands what was verified to the service.
func (x *exchange) grant(signed sas.Signed) error {
	by := map[sas.Kind]blob.By{sas.Service: blob.ServiceSAS, sas.Account: blob.AccountSAS, sas.UserDelegation: blob.UserDelegationSAS}
	x.access.By = by[signed.Kind]
	x.access.SAS = &blob.SAS{
		Permissions: signed.Permissions, Services: signed.Services, ResourceTypes: signed.ResourceTypes,
		Resource: signed.Resource, DirectoryDepth: signed.Depth, EncryptionScope: signed.Scope,
	}
	if signed.Kind == sas.Account {
		return signed.CheckService("b")
	}
	x.access.SAS.Container = x.target.Container
	switch signed.Resource {
	case "b":
		x.access.SAS.Blob = x.target.Blob
	case "bs":
		x.access.SAS.Blob, x.access.SAS.Snapshot = x.target.Blob, x.target.Snapshot
	case "bv":
		x.access.SAS.Blob, x.access.SAS.VersionID = x.target.Blob, x.target.VersionID
	case "d":
		x.access.SAS.Blob = folder(x.target.Blob, signed.Depth)
	}
	return nil
}

// folder is the first depth segments of a path.
func folder(path string, depth int) string {
	parts := strings.Split(path, "/")
	return strings.Join(parts[:min(depth, len(parts))], "/")
}
