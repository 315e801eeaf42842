package sql

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

func (p *provider) getFailoverGroup(_ context.Context, call *resource.Call) (*resource.Answer, error) {
	return nil, missing(call.ID)
}

// nothingToDelete answers the deletion of what cannot be made.
func nothingToDelete(context.Context, *resource.Call) (*resource.Answer, error) {
	return &resource.Answer{Status: 204}, nil
}

// putFailoverGroup refuses every failover group: in Azure's order what Azure refuses, and in the end that there is no
// replication.
// Source: the error responses of learn.microsoft.com/rest/api/sql/failover-groups/create-or-update.
func (p *provider) putFailoverGroup(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	server, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	var body struct {
		Properties *struct {
			Partners []struct {
				ID string `json:"id"`
			} `json:"partnerServers"`
			ReadWrite *struct {
				Policy string `json:"failoverPolicy"`
			} `json:"readWriteEndpoint"`
			Databases []string `json:"databases"`
		} `json:"properties"`
	}
	if err := read(call.Body, &body); err != nil {
		return nil, err
	}
	sent := body.Properties
	switch {
	case sent == nil:
		return nil, refuse("FailoverGroupCreateOrUpdateRequestInvalid", "The create or update failover group request body is empty or invalid.")
	case len(sent.Partners) == 0 || sent.Partners[0].ID == "":
		return nil, refuse("FailoverGroupCreateOrUpdateRequestInvalidPartner", "The given partners field in create or update failover group "+
			"request body is empty or invalid. Please provide a valid value of this field.")
	case len(sent.Partners) > 1:
		return nil, refuse("FailoverGroupCreateOrUpdateRequestUnsupportedPartnerCount", "Only one partner server for Failover Group is supported. Please modify your request accordingly.")
	case sent.ReadWrite == nil:
		return nil, refuse("FailoverGroupCreateOrUpdateRequestInvalidReadWriteEndpoint", "The readWriteEndpoint field is required for create or update requests.")
	}
	return nil, p.partner(ctx, server, sent.Partners[0].ID)
}

// partner says why a server cannot be the partner of another.
func (p *provider) partner(ctx context.Context, server *resource.Document, partner string) error {
	id, ok := resource.ParseID(partner)
	if !ok || !strings.EqualFold(id.FullType(), Namespace+"/"+serverType) || id.Name() == "" {
		return refuse("FailoverGroupCreateOrUpdateRequestInvalidPartner", "The given partners field in create or update failover group "+
			"request body is empty or invalid. Please provide a valid value of this field.")
	}
	if strings.EqualFold(id.Name(), server.Name) {
		return refuse("FailoverGroupCreateOrUpdateRequestDuplicatePartner", "One or more of the provided partner servers are already part "+
			"of the failover group. Please make sure the primary server and all of the given partner servers are unique.")
	}
	other, ok, err := p.Registry.Server(ctx, id.Name())
	switch {
	case err != nil:
		return fault.Wrap("sql.partner", err)
	case !ok:
		return refuse("UnableToResolveRemoteServer", "The remote partner server name '%s' could not be resolved due to an invalid server name or DNS connectivity issues.", id.Name())
	case other.Location == server.Location:
		return refuse("InvalidFailoverGroupRegion", "Servers specified in a failover group must reside in different regions.")
	}
	return unsupported("FeatureNotSupported", "Failover groups are not supported: databases are not replicated.")
}
