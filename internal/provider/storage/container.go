package storage

import (
	"context"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

const containerType = Namespace + "/" + accountType + "/blobServices/containers"

// accountKeyScope is how Azure calls the encryption by no scope at all.
const accountKeyScope = "$account-encryption-key"

// operator is Resource Manager, which has decided already.
func operator() blob.Access { return blob.Access{By: blob.Operator} }

// containerBody is what PUT and PATCH say about a container. What is left out stays as it is.
type containerBody struct {
	Properties struct {
		Metadata                    map[string]string `json:"metadata"`
		PublicAccess                *string           `json:"publicAccess"`
		DefaultEncryptionScope      *string           `json:"defaultEncryptionScope"`
		DenyEncryptionScopeOverride *bool             `json:"denyEncryptionScopeOverride"`
		ImmutableStorage            struct {
			Enabled bool `json:"enabled"`
		} `json:"immutableStorageWithVersioning"`
		EnableNFSV3RootSquash *bool `json:"enableNfsV3RootSquash"`
		EnableNFSV3AllSquash  *bool `json:"enableNfsV3AllSquash"`
	} `json:"properties"`
}

// target is the container that a call is on or below, once its account is known.
func (p *provider) target(ctx context.Context, id resource.ID) (*blob.Account, blob.Target, error) {
	a, err := p.account(ctx, id)
	if err != nil {
		return nil, blob.Target{}, err
	}
	if len(id.Names) < 2 || !strings.EqualFold(id.Names[1], "default") {
		return nil, blob.Target{}, invalidValues("blobServices")
	}
	t := blob.Target{Account: a.Name}
	if len(id.Names) > 2 {
		t.Container = id.Names[2]
	}
	return a, t, nil
}

// getContainer answers one container, with its metadata, policy and holds.
func (p *provider) getContainer(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	a, t, err := p.target(ctx, call.ID)
	if err != nil {
		return nil, err
	}
	c, err := p.Containers.GetContainer(ctx, operator(), t, blob.Conditions{})
	if err != nil {
		return nil, worded(err)
	}
	return containerAnswer(200, a, c), nil
}

// putContainer makes a container, or changes the one that is there as PATCH does.
func (p *provider) putContainer(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	a, t, err := p.target(ctx, call.ID)
	if err != nil {
		return nil, err
	}
	var body containerBody
	if len(call.Body) > 0 {
		if err := readBody(call, &body); err != nil {
			return nil, err
		}
	}
	public, err := body.check(a)
	if err != nil {
		return nil, err
	}
	wanted := blob.CreateContainer{Metadata: body.Properties.Metadata, VersionImmutability: body.Properties.ImmutableStorage.Enabled}
	if public != nil {
		wanted.Public = *public
	}
	if s := body.Properties.DefaultEncryptionScope; s != nil && *s != accountKeyScope {
		wanted.DefaultEncryptionScope = *s
	}
	if deny := body.Properties.DenyEncryptionScopeOverride; deny != nil {
		wanted.DenyEncryptionScopeOverride = *deny
	}
	c, err := p.Containers.CreateContainer(ctx, operator(), t, wanted)
	if fault.Is(err, fault.Exists) {
		return p.changeContainer(ctx, a, t, body)
	}
	if err != nil {
		return nil, worded(err)
	}
	return containerAnswer(201, a, c), nil
}

// patchContainer changes metadata, public access and encryption.
func (p *provider) patchContainer(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	a, t, err := p.target(ctx, call.ID)
	if err != nil {
		return nil, err
	}
	var body containerBody
	if err := readBody(call, &body); err != nil {
		return nil, err
	}
	return p.changeContainer(ctx, a, t, body)
}

func (p *provider) changeContainer(ctx context.Context, a *blob.Account, t blob.Target, body containerBody) (*resource.Answer, error) {
	public, err := body.check(a)
	if err != nil {
		return nil, err
	}
	if m := body.Properties.Metadata; m != nil { // first, since the service checks its names
		if _, err := p.Containers.SetContainerMetadata(ctx, operator(), t, m, blob.Conditions{}); err != nil {
			return nil, worded(err)
		}
	}
	c, err := p.Containers.ChangeContainer(ctx, t, func(c *blob.Container) error {
		if public != nil {
			c.Public = *public
		}
		if s := body.Properties.DefaultEncryptionScope; s != nil {
			if c.DefaultEncryptionScope = *s; *s == accountKeyScope {
				c.DefaultEncryptionScope = ""
			}
		}
		if deny := body.Properties.DenyEncryptionScopeOverride; deny != nil {
			c.DenyEncryptionScopeOverride = *deny
		}
		if body.Properties.ImmutableStorage.Enabled && !c.VersionImmutability {
			return fault.New(fault.Conflict, "storage.changeContainer", "ContainerOperationFailure",
				"Immutable storage with versioning is settled when the container is made, or by its migration.")
		}
		return nil
	})
	if err != nil {
		return nil, worded(err)
	}
	return containerAnswer(200, a, c), nil
}

// check reads the level of public access, nil where none is asked for, and refuses what cannot be.
func (b *containerBody) check(a *blob.Account) (*blob.PublicAccess, error) {
	on := func(v *bool) bool { return v != nil && *v }
	if on(b.Properties.EnableNFSV3RootSquash) || on(b.Properties.EnableNFSV3AllSquash) {
		return nil, invalidValues("enableNfsV3RootSquash")
	}
	if s := b.Properties.DefaultEncryptionScope; s != nil && *s != accountKeyScope && !usableScope(a, *s) {
		return nil, fault.Newf(fault.NotFound, "storage.container", "EncryptionScopeNotFound",
			"The encryption scope '%s' does not exist or is disabled.", *s)
	}
	if b.Properties.PublicAccess == nil {
		return nil, nil
	}
	var public blob.PublicAccess
	switch strings.ToLower(*b.Properties.PublicAccess) {
	case "none", "":
		public = blob.Private
	case "blob":
		public = blob.PublicBlobs
	case "container":
		public = blob.PublicContainer
	default:
		return nil, invalidValues("publicAccess")
	}
	if public != blob.Private && !a.AllowBlobPublicAccess {
		return nil, worded(fault.New(fault.Conflict, "storage.container", "PublicAccessNotPermitted", ""))
	}
	return &public, nil
}

// deleteContainer deletes a container with what is in it: 200 where it was there, 204 where it was not.
func (p *provider) deleteContainer(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	_, t, err := p.target(ctx, call.ID)
	if err != nil {
		return nil, err
	}
	err = p.Containers.DeleteContainer(ctx, operator(), t, blob.Conditions{})
	if fault.ReasonOf(err) == "ContainerNotFound" {
		return &resource.Answer{Status: 204}, nil
	}
	return &resource.Answer{Status: 200}, worded(err)
}

// listContainers answers a page of the account's containers. Metadata is in the answer for one container only.
func (p *provider) listContainers(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	a, t, err := p.target(ctx, call.ID)
	if err != nil {
		return nil, err
	}
	asked := blob.ListContainers{Prefix: queryOf(call, "$filter"), Deleted: strings.EqualFold(queryOf(call, "$include"), "deleted")}
	if size := queryOf(call, "$maxpagesize"); size != "" {
		if asked.MaxResults, err = strconv.Atoi(size); err != nil || asked.MaxResults < 1 {
			return nil, invalidValues("$maxpagesize")
		}
	}
	if token := queryOf(call, "$skipToken"); token != "" {
		marker, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			return nil, invalidValues("$skipToken")
		}
		asked.Marker = string(marker)
	}
	page, err := p.Containers.ListContainers(ctx, operator(), t, asked)
	if err != nil {
		return nil, worded(err)
	}
	rows := make([]map[string]any, len(page.Containers))
	for i, c := range page.Containers {
		rows[i] = containerRow(a, c)
	}
	body := map[string]any{"value": rows}
	if page.Next != "" {
		query := url.Values{"api-version": {call.APIVersion}}
		for name, values := range call.Query {
			if !strings.EqualFold(name, "$skipToken") {
				query[name] = values
			}
		}
		query.Set("$skipToken", base64.RawURLEncoding.EncodeToString([]byte(page.Next)))
		body["nextLink"] = call.BaseURL + (&url.URL{Path: call.ID.String()}).EscapedPath() + "?" + query.Encode()
	}
	return &resource.Answer{Body: body}, nil
}

// leaseContainer acquires, renews, changes, releases or breaks the container's lease.
func (p *provider) leaseContainer(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	_, t, err := p.target(ctx, call.ID)
	if err != nil {
		return nil, err
	}
	var body struct {
		Action          string `json:"action"`
		LeaseID         string `json:"leaseId"`
		BreakPeriod     *int   `json:"breakPeriod"`
		LeaseDuration   int    `json:"leaseDuration"`
		ProposedLeaseID string `json:"proposedLeaseId"`
	}
	if err := readBody(call, &body); err != nil {
		return nil, err
	}
	result, err := p.Containers.LeaseContainer(ctx, operator(), t, blob.LeaseRequest{
		Action: blob.LeaseAction(strings.ToLower(body.Action)), LeaseID: body.LeaseID, ProposedID: body.ProposedLeaseID,
		Duration: body.LeaseDuration, BreakPeriod: body.BreakPeriod,
	}, blob.Conditions{})
	if err != nil {
		return nil, worded(err)
	}
	answer := map[string]any{}
	if result.LeaseID != "" {
		answer["leaseId"] = result.LeaseID
	}
	if strings.EqualFold(body.Action, string(blob.BreakLease)) {
		answer["leaseTimeSeconds"] = strconv.Itoa(result.Remaining)
	}
	return &resource.Answer{Body: answer}, nil
}
