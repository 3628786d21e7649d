// Package keystone finds out who sends a request by asking Keystone about the
// token in it, as the keystone flavour of the old registry did (registry-v1.md,
// 1.5; registry-config.md, 7).
package keystone
