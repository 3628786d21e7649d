// Package scenario puts gateways under load while something fails, and keeps a
// ledger of what they have acknowledged. At the end every acknowledged write has
// to be in the database, and no answer may have shown anything else than what
// was there, or was being written, while its request was under way.
package scenario
