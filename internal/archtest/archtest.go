// Package archtest holds the directions of imports and the house rules as tests: what docs/ARCHITECTURE.md says about
// the tree is true because these fail where it is not. It reads source and documents, and must never be imported.
package archtest
