package storage

import (
	"context"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/sas"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// signed is what the bodies of both requests for a signature say.
type signed struct {
	Permission string `json:"signedPermission"`
	IP         string `json:"signedIp"`
	Protocol   string `json:"signedProtocol"`
	Start      string `json:"signedStart"`
	Expiry     string `json:"signedExpiry"`
	KeyToSign  string `json:"keyToSign"`
}

// listServiceSAS signs for one resource of one of the services, whether it is there or not.
// Source: the REST reference's "Storage Accounts - List Service SAS".
func (p *provider) listServiceSAS(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	var body struct {
		signed
		CanonicalizedResource string `json:"canonicalizedResource"`
		Resource              string `json:"signedResource"`
		Identifier            string `json:"signedIdentifier"`
		StartPk               string `json:"startPk"`
		EndPk                 string `json:"endPk"`
		StartRk               string `json:"startRk"`
		EndRk                 string `json:"endRk"`
		CacheControl          string `json:"rscc"`
		ContentDisposition    string `json:"rscd"`
		ContentEncoding       string `json:"rsce"`
		ContentLanguage       string `json:"rscl"`
		ContentType           string `json:"rsct"`
	}
	a, key, start, expiry, err := p.prepare(ctx, call, &body, &body.signed)
	if err != nil {
		return nil, err
	}
	text, err := sas.ServiceToken{
		Account: a.Name, CanonicalizedResource: body.CanonicalizedResource, Resource: body.Resource,
		Permissions: body.Permission, Start: start, Expiry: expiry, IP: body.IP, Protocol: body.Protocol,
		Identifier: body.Identifier, StartPartition: body.StartPk, StartRow: body.StartRk,
		EndPartition: body.EndPk, EndRow: body.EndRk,
		Overrides: sas.Overrides{
			CacheControl: body.CacheControl, ContentDisposition: body.ContentDisposition,
			ContentEncoding: body.ContentEncoding, ContentLanguage: body.ContentLanguage, ContentType: body.ContentType,
		},
	}.Text(key)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: map[string]string{"serviceSasToken": text}}, nil
}

// listAccountSAS signs for services of the account.
// Source: the REST reference's "Storage Accounts - List Account SAS".
func (p *provider) listAccountSAS(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	var body struct {
		signed
		Services      string `json:"signedServices"`
		ResourceTypes string `json:"signedResourceTypes"`
	}
	a, key, start, expiry, err := p.prepare(ctx, call, &body, &body.signed)
	if err != nil {
		return nil, err
	}
	text, err := sas.AccountToken{
		Account: a.Name, Services: body.Services, ResourceTypes: body.ResourceTypes, Permissions: body.Permission,
		Start: start, Expiry: expiry, IP: body.IP, Protocol: body.Protocol,
	}.Text(key)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: map[string]string{"accountSasToken": text}}, nil
}

// prepare reads the body, the account, the key to sign with and the times.
func (p *provider) prepare(ctx context.Context, call *resource.Call, body any, s *signed) (a *blob.Account, key []byte, start, expiry time.Time, err error) {
	if err = readBody(call, body); err != nil {
		return
	}
	if a, err = p.account(ctx, call.ID); err != nil {
		return
	}
	i := 0
	if s.KeyToSign != "" {
		if i = keyIndex(s.KeyToSign); i < 0 {
			err = invalidValues("keyToSign")
			return
		}
	}
	key = a.Keys[i].Value
	if start, err = signedTime(s.Start, "signedStart"); err == nil {
		expiry, err = signedTime(s.Expiry, "signedExpiry")
	}
	return
}

// signedTime reads a time of ISO 8601. One without a zone is taken for UTC.
func signedTime(text, field string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, zone := range []string{"", "Z"} {
		if i, ok := sas.ParseInstant(text + zone); ok {
			return i.Time, nil
		}
	}
	return time.Time{}, invalidValues(field)
}
