package sts

import (
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// The numbers of Entra's refusals. A fault's Reason is "AADSTS" and the number; its Message is the text that follows.
// Source: learn.microsoft.com/entra/identity-platform/reference-error-codes, and recordings of clients.
const (
	codeMoreThanOneResource    = 28000
	codeRedirectMismatch       = 50011
	codeAssertionMalformed     = 50027
	codeUserNotFound           = 50034
	codeUserAssertionSignature = 50013
	codeLockedOut              = 50053
	codeUserDisabled           = 50057
	codeWrongPassword          = 50126
	codeIssuerUnreachable      = 50166
	codeGrantRevoked           = 50173
	codeNotMultiTenant         = 50194
	codeCodeRedeemed           = 54005
	codeInvalidGrant           = 70000
	codeUnsupportedGrant       = 70003
	codeExpiredCode            = 70008
	codeInvalidScope           = 70011
	codeAuthorizationPending   = 70016
	codeBadVerificationCode    = 70018
	codeDeviceCodeExpired      = 70020
	codeNoFederatedRecord      = 70021
	codeTenantNotFound         = 90002
	codeResourceNotFound       = 500011
	codeResourceDisabled       = 500014
	codeReplyMismatch          = 500112
	codeAssertionOtherAudience = 500131
	codeUserAssertionTime      = 500133
	codeAssertionIsIDToken     = 240002
	codeApplicationOnBehalf    = 7000114
	codeUserDeleted            = 500341
	codeVerifierMismatch       = 501481
	codeNoSuchScope            = 650053
	codeClientNotFound         = 700016
	codeAssertionClient        = 700021
	codeAssertionAudience      = 700023
	codeAssertionTime          = 700024
	codeClientIsPublic         = 700025
	codeAssertionSignature     = 700027
	codeRefreshExpired         = 700082
	codeResponseType           = 700054
	codeFederatedIssuer        = 700211
	codeFederatedAudience      = 700212
	codeFederatedSubject       = 700213
	codeMalformedTenant        = 900023
	codeMissingParameter       = 900144
	codeResourceOnV2           = 901002
	codeScopeNotDefault        = 1002012
	codeClientDisabled         = 7000112
	codeWrongSecret            = 7000215
	codeCredentialRequired     = 7000216
	codeClientIsConfidential   = 7000218
	codeExpiredSecret          = 7000222
	codeNoServicePrincipal     = 7000229
	codeFederatedKey           = 7000272
	codeAssertionNoKey         = 5002723
	codeAssertionAlgorithm     = 5002730
	codeGrantOnCommon          = 9001023
	codeMalformedRequest       = 9002313
)

const (
	certificateDocs = " Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials ."
	federationDocs  = " Check your federated identity credential Subject, Audience and Issuer against the presented assertion." +
		" https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
)

// refuse is a refusal of the request: a parameter, a grant, an audience.
func refuse(code int, format string, args ...any) *fault.Error {
	return fault.Newf(fault.Invalid, "sts.Token", reason(code), format, args...)
}

// refuseClient is a refusal of the client's credential.
func refuseClient(code int, format string, args ...any) *fault.Error {
	return fault.Newf(fault.Unauthenticated, "sts.Token", reason(code), format, args...)
}

func reason(code int) string { return "AADSTS" + strconv.Itoa(code) }

// Code is the number of a refusal, or 0 for errors that are none.
func Code(err error) int {
	digits, ok := strings.CutPrefix(fault.ReasonOf(err), "AADSTS")
	if !ok {
		return 0
	}
	code, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return code
}

func missing(parameter string) *fault.Error {
	f := refuse(codeMissingParameter, "The request body must contain the following parameter: '%s'.", parameter)
	f.Target = parameter
	return f
}

// instant writes a time as Entra does inside its texts.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }
