// Package sts is the security token service of Microsoft Entra ID: the grants of the token endpoint, each of which
// turns a credential into a signed token for one audience. It must never know HTTP's requests and answers (a front
// does), nor what a token will be allowed to do (rbac does).
package sts

// Service issues tokens.
type Service struct{}
