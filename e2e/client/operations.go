package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armsubscriptions"
)

// operation takes exactly as many arguments as its row says; a negative n is -n-1 or more.
type operation struct {
	arguments int
	run       func(p *program, ctx context.Context, a []string) (any, error)
}

func (p *program) do(ctx context.Context, name string, args []string) (any, error) {
	o, ok := operations()[name]
	if !ok {
		return nil, fmt.Errorf("no operation is called %q", name)
	}
	if o.arguments >= 0 && len(args) != o.arguments || len(args) < -o.arguments-1 {
		return nil, fmt.Errorf("%s takes %d arguments, not %d", name, o.arguments, len(args))
	}
	return o.run(p, ctx, args)
}

func operations() map[string]operation {
	return map[string]operation{
		"token":         {1, (*program).token},
		"rest":          {-4, (*program).rest},
		"subscriptions": {0, (*program).subscriptions},
		"tenants":       {0, (*program).tenants},
		"locations":     {0, (*program).locations},
		"group":         {1, (*program).group},
		"groups":        {0, (*program).groups},
		"group-create":  {2, (*program).groupCreate},
		"group-exists":  {1, (*program).groupExists},
		"group-delete":  {1, (*program).groupDelete},
		"resources":     {1, (*program).resources},

		"vm":          {2, (*program).vm},
		"vm-create":   {-4, (*program).vmCreate},
		"vm-identity": {-4, (*program).vmIdentity},
		"vm-power":    {3, (*program).vmPower},
		"vm-delete":   {2, (*program).vmDelete},
		"vmss-create": {4, (*program).vmssCreate},
		"vmss-vms":    {2, (*program).vmssVMs},

		"identity":        {2, (*program).identity},
		"identity-create": {3, (*program).identityCreate},
		"identity-delete": {2, (*program).identityDelete},
		"federate":        {6, (*program).federate},

		"role":        {2, (*program).role},
		"assign":      {4, (*program).assign},
		"unassign":    {1, (*program).unassign},
		"assignments": {1, (*program).assignments},

		"account-create":   {3, (*program).accountCreate},
		"container-create": {3, (*program).containerCreate},
		"blob-upload":      {4, (*program).blobUpload},
		"blob-download":    {3, (*program).blobDownload},
		"blob-list":        {2, (*program).blobList},
		"blob-delete":      {3, (*program).blobDelete},

		"sql": {-3, (*program).sql},
	}
}

// all reads every page.
func all[P, T any](ctx context.Context, pager *runtime.Pager[P], values func(P) []*T) ([]*T, error) {
	out := []*T{}
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, values(page)...)
	}
	return out, nil
}

// token SCOPE: "" is Resource Manager's.
func (p *program) token(ctx context.Context, a []string) (any, error) {
	scope := a[0]
	if scope == "" {
		scope = p.scope
	}
	t, err := p.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		return nil, err
	}
	return map[string]any{"token": t.Token, "expiresOn": t.ExpiresOn}, nil
}

// rest SCOPE METHOD URL [BODY]: what no SDK at hand wraps. It prints status and body, also of a refusal.
func (p *program) rest(ctx context.Context, a []string) (any, error) {
	t, err := p.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{a[0]}})
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if len(a) > 3 {
		body = bytes.NewReader([]byte(a[3]))
	}
	req, err := http.NewRequestWithContext(ctx, a[1], a[2], body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+t.Token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"status": resp.StatusCode, "text": string(text)}
	var parsed any
	if json.Unmarshal(text, &parsed) == nil {
		out["body"] = parsed
	}
	return out, nil
}

func (p *program) subscriptions(ctx context.Context, _ []string) (any, error) {
	c, err := armsubscriptions.NewClient(p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return all(ctx, c.NewListPager(nil), func(r armsubscriptions.ClientListResponse) []*armsubscriptions.Subscription { return r.Value })
}

func (p *program) tenants(ctx context.Context, _ []string) (any, error) {
	c, err := armsubscriptions.NewTenantsClient(p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return all(ctx, c.NewListPager(nil), func(r armsubscriptions.TenantsClientListResponse) []*armsubscriptions.TenantIDDescription {
		return r.Value
	})
}

func (p *program) locations(ctx context.Context, _ []string) (any, error) {
	c, err := armsubscriptions.NewClient(p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return all(ctx, c.NewListLocationsPager(p.subscription, nil), func(r armsubscriptions.ClientListLocationsResponse) []*armsubscriptions.Location {
		return r.Value
	})
}

func (p *program) groupClient() (*armresources.ResourceGroupsClient, error) {
	return armresources.NewResourceGroupsClient(p.subscription, p.credential, p.options)
}

func (p *program) group(ctx context.Context, a []string) (any, error) {
	c, err := p.groupClient()
	if err != nil {
		return nil, err
	}
	return c.Get(ctx, a[0], nil)
}

func (p *program) groups(ctx context.Context, _ []string) (any, error) {
	c, err := p.groupClient()
	if err != nil {
		return nil, err
	}
	return all(ctx, c.NewListPager(nil), func(r armresources.ResourceGroupsClientListResponse) []*armresources.ResourceGroup { return r.Value })
}

// group-create NAME LOCATION
func (p *program) groupCreate(ctx context.Context, a []string) (any, error) {
	c, err := p.groupClient()
	if err != nil {
		return nil, err
	}
	return c.CreateOrUpdate(ctx, a[0], armresources.ResourceGroup{Location: &a[1]}, nil)
}

func (p *program) groupExists(ctx context.Context, a []string) (any, error) {
	c, err := p.groupClient()
	if err != nil {
		return nil, err
	}
	r, err := c.CheckExistence(ctx, a[0], nil)
	return r.Success, err
}

func (p *program) groupDelete(ctx context.Context, a []string) (any, error) {
	c, err := p.groupClient()
	if err != nil {
		return nil, err
	}
	poller, err := c.BeginDelete(ctx, a[0], nil)
	if err != nil {
		return nil, err
	}
	return poller.PollUntilDone(ctx, often())
}

// often polls as fast as the SDK allows.
func often() *runtime.PollUntilDoneOptions {
	return &runtime.PollUntilDoneOptions{Frequency: 1e9}
}

func (p *program) resources(ctx context.Context, a []string) (any, error) {
	c, err := armresources.NewClient(p.subscription, p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return all(ctx, c.NewListByResourceGroupPager(a[0], nil), func(r armresources.ClientListByResourceGroupResponse) []*armresources.GenericResourceExpanded {
		return r.Value
	})
}
