package main

import (
	"context"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
)

func (p *program) identity(ctx context.Context, a []string) (any, error) {
	c, err := armmsi.NewUserAssignedIdentitiesClient(p.subscription, p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return c.Get(ctx, a[0], a[1], nil)
}

// identity-create GROUP NAME LOCATION
func (p *program) identityCreate(ctx context.Context, a []string) (any, error) {
	c, err := armmsi.NewUserAssignedIdentitiesClient(p.subscription, p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return c.CreateOrUpdate(ctx, a[0], a[1], armmsi.Identity{Location: &a[2]}, nil)
}

func (p *program) identityDelete(ctx context.Context, a []string) (any, error) {
	c, err := armmsi.NewUserAssignedIdentitiesClient(p.subscription, p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return c.Delete(ctx, a[0], a[1], nil)
}

// federate GROUP IDENTITY NAME ISSUER SUBJECT AUDIENCE
func (p *program) federate(ctx context.Context, a []string) (any, error) {
	c, err := armmsi.NewFederatedIdentityCredentialsClient(p.subscription, p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return c.CreateOrUpdate(ctx, a[0], a[1], a[2], armmsi.FederatedIdentityCredential{
		Properties: &armmsi.FederatedIdentityCredentialProperties{Issuer: &a[3], Subject: &a[4], Audiences: []*string{&a[5]}},
	}, nil)
}

// role SCOPE NAME: the definition whose display name that is.
func (p *program) role(ctx context.Context, a []string) (any, error) {
	c, err := armauthorization.NewRoleDefinitionsClient(p.credential, p.options)
	if err != nil {
		return nil, err
	}
	filter := fmt.Sprintf("roleName eq '%s'", a[1])
	found, err := all(ctx, c.NewListPager(a[0], &armauthorization.RoleDefinitionsClientListOptions{Filter: &filter}),
		func(r armauthorization.RoleDefinitionsClientListResponse) []*armauthorization.RoleDefinition {
			return r.Value
		})
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d roles are called %q", len(found), a[1])
	}
	return found[0], nil
}

// assign SCOPE NAME ROLE-DEFINITION-ID PRINCIPAL-ID
func (p *program) assign(ctx context.Context, a []string) (any, error) {
	c, err := armauthorization.NewRoleAssignmentsClient(p.subscription, p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return c.Create(ctx, a[0], a[1], armauthorization.RoleAssignmentCreateParameters{
		Properties: &armauthorization.RoleAssignmentProperties{
			RoleDefinitionID: &a[2], PrincipalID: &a[3],
			PrincipalType: to.Ptr(armauthorization.PrincipalTypeServicePrincipal),
		},
	}, nil)
}

func (p *program) unassign(ctx context.Context, a []string) (any, error) {
	c, err := armauthorization.NewRoleAssignmentsClient(p.subscription, p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return c.DeleteByID(ctx, a[0], nil)
}

func (p *program) assignments(ctx context.Context, a []string) (any, error) {
	c, err := armauthorization.NewRoleAssignmentsClient(p.subscription, p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return all(ctx, c.NewListForScopePager(a[0], nil), func(r armauthorization.RoleAssignmentsClientListForScopeResponse) []*armauthorization.RoleAssignment {
		return r.Value
	})
}
