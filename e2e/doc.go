// Package e2e runs the real binary and drives it with clients that alcedo did not write: the Azure SDKs for Go and
// JavaScript, az, curl. It sees alcedo only from outside: its command line, its names, its answers.
package e2e
