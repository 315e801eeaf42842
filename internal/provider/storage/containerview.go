package storage

import (
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// containerRow is a container as lists show it.
func containerRow(a *blob.Account, c *blob.Container) map[string]any {
	scope := c.DefaultEncryptionScope
	if scope == "" {
		scope = accountKeyScope
	}
	public := "None"
	if c.Public != blob.Private {
		public = title(string(c.Public))
	}
	status := "Unlocked"
	if c.LeaseStatus.Locked {
		status = "Locked"
	}
	properties := map[string]any{
		"deleted": c.Deleted != 0, "remainingRetentionDays": c.RemainingDays, "defaultEncryptionScope": scope,
		"denyEncryptionScopeOverride": c.DenyEncryptionScopeOverride, "publicAccess": public, "leaseStatus": status,
		"leaseState": title(string(c.LeaseStatus.State)), "lastModifiedTime": moment(c.Modified.Seconds()),
		"hasImmutabilityPolicy": c.Immutability != nil, "hasLegalHold": len(c.LegalHolds) > 0,
		"immutableStorageWithVersioning": map[string]any{"enabled": c.VersionImmutability},
	}
	if c.LeaseStatus.Duration != "" {
		properties["leaseDuration"] = title(c.LeaseStatus.Duration)
	}
	if c.Deleted != 0 {
		properties["deletedTime"], properties["version"] = moment(c.Deleted.Time()), c.Version
	}
	return map[string]any{
		"id": containerID(a, c.Name), "name": c.Name, "type": containerType, "etag": c.ETag.String(), "properties": properties,
	}
}

func containerID(a *blob.Account, name string) string {
	return a.ResourceID + "/blobServices/default/containers/" + name
}

// containerAnswer is a container by itself.
func containerAnswer(status int, a *blob.Account, c *blob.Container) *resource.Answer {
	row := containerRow(a, c)
	properties, _ := row["properties"].(map[string]any)
	if len(c.Metadata) > 0 {
		properties["metadata"] = c.Metadata
	}
	properties["legalHold"] = legalHold(c)
	if c.Immutability != nil {
		properties["immutabilityPolicy"] = map[string]any{
			"etag": c.Immutability.ETag.String(), "properties": immutabilityProperties(c.Immutability),
			"updateHistory": policyUpdates(c.Immutability),
		}
	}
	return &resource.Answer{Status: status, Header: map[string]string{"ETag": c.ETag.String()}, Body: row}
}

// title writes a state of the data plane as Resource Manager does.
func title(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// worded gives the data plane's faults, which are codes, the sentences that Resource Manager answers.
func worded(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind == fault.Internal {
		return err
	}
	text, ok := map[string]string{
		"ContainerNotFound":                     "The specified container does not exist.",
		"ContainerAlreadyExists":                "The specified container already exists.",
		"ContainerBeingDeleted":                 "The specified container is being deleted.",
		"ContainerImmutableStorageProtected":    "The container has an immutability policy or legal hold, and blobs in it.",
		"PublicAccessNotPermitted":              "Public access is not permitted on this storage account.",
		"InvalidResourceName":                   "The specified resource name contains invalid characters.",
		"OutOfRangeInput":                       "The specified resource name length is not within the permissible limits.",
		"InvalidMetadata":                       "The specified metadata is invalid. It has characters that are not permitted.",
		"MetadataTooLarge":                      "The size of the specified metadata exceeds the maximum size permitted.",
		"EmptyMetadataKey":                      "The key for one of the metadata key-value pairs is empty.",
		"LeaseAlreadyPresent":                   "There is already a lease present.",
		"LeaseIdMissing":                        "There is currently a lease on the container and no lease ID was specified in the request.",
		"LeaseIdMismatchWithContainerOperation": "The lease ID specified did not match the lease ID for the container.",
		"LeaseIdMismatchWithLeaseOperation":     "The lease ID specified did not match the lease ID for the container.",
		"LeaseNotPresentWithLeaseOperation":     "There is currently no lease on the container.",
		"LeaseIsBreakingAndCannotBeAcquired":    "The lease is being broken and cannot be acquired until it is broken.",
		"LeaseIsBreakingAndCannotBeChanged":     "The lease ID matched, but the lease is being broken and cannot be changed.",
		"LeaseIsBrokenAndCannotBeRenewed":       "The lease ID matched, but the lease has been broken and cannot be renewed.",
		"LeaseLost":                             "A lease ID was specified, but the lease for the container has expired.",
	}[f.Reason]
	if !ok {
		return err
	}
	return &fault.Error{Kind: f.Kind, Op: f.Op, Reason: f.Reason, Message: text, Target: f.Target, Cause: err}
}
