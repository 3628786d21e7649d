// Package benchmark measures the gateway as it is deployed, inside Caddy and in
// front of real database servers, against something that is measured in the same
// run: figures of two runs, or of two machines, say nothing about each other.
//
//	make bench        requests, against Caddy's respond and against their bare SQL
//	make bench-scale  lists of a million images, against lists of a thousand
package benchmark
