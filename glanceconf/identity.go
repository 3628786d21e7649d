package glanceconf

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

func (r *reader) readIdentity() {
	if r.pipeline.unknown != nil {
		return // they may be what knows callers
	}
	i := &r.settings.Identity
	i.Source = r.pipeline.source
	i.OwnerIsTenant = r.on(osloconf.Default, "owner_is_tenant")
	anonymous := r.get(osloconf.Default, "allow_anonymous_access")
	i.AllowAnonymous = isOn(anonymous.text)
	switch i.Source {
	case FromKeystone:
		r.readKeystone()
		if i.AllowAnonymous && !isOn(r.middleware("delay_auth_decision").text) {
			r.findAt(Warn, anonymous, "has no effect without delay_auth_decision: requests without a valid token are answered with 401 before")
			i.AllowAnonymous = false
		}
	case FromHeaders:
		r.readTrusted()
	case FromNobody:
		i.AllowAnonymous = false
		r.readUnauthenticated()
	}
}

// readTrusted finds out whose identity headers are accepted. The old service accepted
// those of everyone.
func (r *reader) readTrusted() {
	i, l := &r.settings.Identity, r.settings.Listen
	i.From = r.peersFrom()
	flavor := r.get("paste_deploy", "flavor")
	switch {
	case slices.ContainsFunc(i.From, isEverybody):
		r.findAt(Warn, flavor, "identity headers are believed from everybody who can connect; name the glance-api nodes in %s instead", EnvTrustedFrom)
	case i.From != nil:
		r.findAt(Warn, flavor, "identity headers are believed, from %s only; keep others off that network", strings.Join(i.From, ", "))
	case l.ClientCA != "":
		// The TLS handshake requires a certificate.
		i.From = []string{"0.0.0.0/0", "::/0"}
		r.findAt(Warn, flavor, "identity headers are believed from everybody with a certificate of %s; name the glance-api nodes in %s",
			l.ClientCA, EnvTrustedFrom)
	case isLoopback(l.Host):
		r.findAt(Warn, flavor, "identity headers are believed from this host, unless a proxy has forwarded them")
	default:
		r.refuse("%s: %s believes the identity headers of everyone who can connect to %s:%d. "+
			"Say which glance-api nodes may send them, with addresses and networks as in:\n\n    %s=10.20.0.11,10.20.0.12\n",
			flavor.place(), r.believer(flavor.text), l.Host, l.Port, EnvTrustedFrom)
	}
}

// believer names what accepts identity headers. Other flavors than trusted-auth do so if
// the filter that asks Keystone is missing.
func (r *reader) believer(flavor string) string {
	if flavor == "trusted-auth" {
		return "the flavor trusted-auth"
	}
	return fmt.Sprintf("the pipeline of the flavor %q in %s has no filter authtoken in front of context, and so", flavor, r.pipeline.file)
}

func isEverybody(network string) bool { return strings.HasSuffix(network, "/0") }

// peersFrom are the networks that the environment names.
func (r *reader) peersFrom() []string {
	var peers []string
	for _, peer := range strings.FieldsFunc(r.env(EnvTrustedFrom), func(c rune) bool { return c == ',' || c == ' ' }) {
		_, err := netip.ParsePrefix(peer)
		if _, single := netip.ParseAddr(peer); err != nil && single != nil {
			r.refuse("%s: %q is no address and no network in CIDR notation", EnvTrustedFrom, peer)
		}
		peers = append(peers, peer)
	}
	slices.Sort(peers)
	return slices.Compact(peers)
}

func (r *reader) readUnauthenticated() {
	i, l := &r.settings.Identity, r.settings.Listen
	switch consent := r.env(envUnauthenticated); consent {
	case everyoneIsAdmin:
		i.Unsafe = !isLoopback(l.Host)
		r.warn(r.in.File, "there is no authentication: everyone who can connect to %s:%d is an admin", l.Host, l.Port)
	case "":
		r.refuse("%s: %s there is no authentication: everyone who can connect to %s:%d is an admin. Choose:\n"+
			"\n    [paste_deploy]"+
			"\n    flavor = keystone        and the options of [keystone_authtoken]: callers bring tokens, as they do to glance-api"+
			"\n    flavor = trusted-auth    and %s: named glance-api nodes say who is calling, with send_identity_headers = True"+
			"\n\nor keep it, on a network that nobody else can reach, with the environment variable"+
			"\n\n    %s=%s\n",
			r.in.File, r.unauthenticatedBy(), l.Host, l.Port, EnvTrustedFrom, envUnauthenticated, everyoneIsAdmin)
	default:
		r.refuse("%s: %q is not understood; the only value is %s", envUnauthenticated, consent, everyoneIsAdmin)
	}
}

// unauthenticatedBy is why there is no authentication.
func (r *reader) unauthenticatedBy() string {
	flavor := r.text("paste_deploy", "flavor")
	if flavor == "" {
		return "without a flavor in [paste_deploy]"
	}
	return fmt.Sprintf("in the pipeline of the flavor %q in %s", flavor, r.pipeline.file)
}
