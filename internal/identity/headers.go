package identity

import (
	"net/http"
	"net/url"
	"strings"
)

// sent are the headers of a request that Kratos needs. All others stay here: its log and its sessions would keep the
// client's address, user agent, language and place. Origin is what its defence against other sites looks at.
var sent = []string{"Accept", "Authorization", "Content-Type", "Origin", "X-Csrf-Token", "X-Session-Token"}

// returned are the headers of an answer that a client needs.
var returned = []string{"Allow", "Cache-Control", "Content-Length", "Content-Type", "Location", "Retry-After", "Set-Cookie", "Www-Authenticate"}

// only the named headers, in a new map.
func only(all http.Header, names []string) http.Header {
	some := http.Header{}
	for _, name := range names {
		if values, present := all[name]; present {
			some[name] = values
		}
	}
	return some
}

// outward makes the headers that Kratos gets.
func outward(in http.Header) http.Header {
	out := only(in, sent)
	if _, token, _ := strings.Cut(out.Get("Authorization"), " "); !strings.HasPrefix(strings.TrimSpace(token), tokenPrefix) {
		out.Del("Authorization") // it opens other doors than Kratos's
	}
	if strings.HasPrefix(out.Get("X-Session-Token"), keyPrefix) {
		out.Del("X-Session-Token")
	}
	if cookies := kratosCookies(in); cookies != "" {
		out.Set("Cookie", cookies)
	}
	return out
}

// kratosCookies are the cookies that Kratos has set; what other parts keep in a browser is none of its business.
func kratosCookies(in http.Header) string {
	var own []string
	for _, line := range in["Cookie"] {
		for cookie := range strings.SplitSeq(line, ";") {
			cookie = strings.TrimSpace(cookie)
			if strings.HasPrefix(cookie, "ory_kratos_") || strings.HasPrefix(cookie, "csrf_token_") {
				own = append(own, cookie)
			}
		}
	}
	return strings.Join(own, "; ")
}

// inward makes the headers that the client gets.
func (k *Kratos) inward(in http.Header, script bool) http.Header {
	out := only(in, returned)
	if location := out.Get("Location"); location != "" {
		out.Set("Location", k.relocate(location))
	}
	if !script {
		out.Set("Cache-Control", "private, no-store")
	}
	out.Set("X-Content-Type-Options", "nosniff")
	out.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	return out
}

// relocate puts a redirect that names Kratos's own address, or none, onto Hamyar's origin.
func (k *Kratos) relocate(location string) string {
	u, err := url.Parse(location)
	if err != nil {
		return "/"
	}
	if u.Host == k.publicURL.Host || u.Host == "" && !strings.HasPrefix(u.Path, Prefix) {
		path := strings.TrimPrefix(u.Path, strings.TrimSuffix(k.publicURL.Path, "/"))
		u.Path, u.RawPath = Prefix+strings.TrimPrefix(path, "/"), ""
		u.Scheme, u.Host = "", ""
	}
	return u.String()
}
