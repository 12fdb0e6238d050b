package identity

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientAddress is the address that a request comes from: the peer, or, where the peer is a trusted proxy, the
// right-most entry of X-Forwarded-For that isn't one. What stands further left is the client's own word. An IPv6
// address is cut to the /64 that one line usually gets. It is used for counting and must not be kept or passed on.
func clientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	at := bare(r.RemoteAddr)
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !among(trusted, at) {
			break
		}
		next := bare(strings.TrimSpace(hop))
		if !next.IsValid() {
			break
		}
		at = next
	}
	if at.Is6() {
		return netip.PrefixFrom(at, 64).Masked().Addr()
	}
	return at
}

func among(prefixes []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
}

// bare reads an address with or without a port; an unreadable one is the zero Addr, which all such clients share.
func bare(s string) netip.Addr {
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		withPort, _ := netip.ParseAddrPort(s)
		a = withPort.Addr()
	}
	return a.Unmap().WithZone("")
}

// ClientAddress is the address that a request comes from, for counting requests of people who are not signed in. It
// must not be kept or passed on.
func (k *Kratos) ClientAddress(r *http.Request) netip.Addr {
	return clientAddress(r, k.given.TrustedProxies)
}
