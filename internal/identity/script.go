package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/hamyar/hamyar/internal/fault"
)

// SignUp registers somebody with a username or an e-mail address (told apart by its @) and a password, and returns a
// session token. The fault is invalid_request where Kratos refuses, whatever for: a taken name or a weak password.
func (k *Kratos) SignUp(ctx context.Context, identifier, password string) (string, error) {
	trait := "username"
	if strings.Contains(identifier, "@") {
		trait = "email"
	}
	return k.complete(ctx, "registration", nil, "", map[string]any{
		"method": "password", "password": password, "traits": map[string]string{trait: identifier},
	})
}

// SignIn signs somebody in as a script would and returns a session token. With a TOTP secret the session has two
// factors. The fault is session_invalid where Kratos refuses.
func (k *Kratos) SignIn(ctx context.Context, identifier, password, totpSecret string) (string, error) {
	token, err := k.complete(ctx, "login", nil, "", map[string]any{
		"method": "password", "identifier": identifier, "password": password,
	})
	if err != nil || totpSecret == "" {
		return token, err
	}
	code, err := TOTP(totpSecret, k.now())
	if err != nil {
		return "", err
	}
	_, err = k.complete(ctx, "login", url.Values{"aal": {"aal2"}}, token, map[string]any{"method": "totp", "totp_code": code})
	return token, err
}

// EnrolTOTP gives the session's owner a TOTP secret and returns it; the session has two factors from then on.
func (k *Kratos) EnrolTOTP(ctx context.Context, token string) (string, error) {
	flow, err := k.begin(ctx, "settings", nil, token)
	if err != nil {
		return "", err
	}
	secret, found := flow.UI.totpSecret()
	if !found {
		return "", fault.New(fault.AlreadyExists)
	}
	code, err := TOTP(secret, k.now())
	if err != nil {
		return "", err
	}
	if _, err := k.submit(ctx, flow, token, map[string]any{"method": "totp", "totp_code": code}); err != nil {
		return "", err
	}
	return secret, nil
}

// SignOut ends the session of a token.
func (k *Kratos) SignOut(ctx context.Context, token string) error {
	k.sessions.forgetMark(k.sessions.mark(credential{value: token}))
	defer k.sessions.forgetMark(k.sessions.mark(credential{value: token}))
	return k.call(ctx, http.MethodDelete, "/self-service/logout/api", nil, "", map[string]any{"session_token": token}, nil)
}

// complete begins a flow, submits it and returns the session token of the answer, if there is one.
func (k *Kratos) complete(ctx context.Context, kind string, query url.Values, token string, body map[string]any) (string, error) {
	flow, err := k.begin(ctx, kind, query, token)
	if err != nil {
		return "", err
	}
	return k.submit(ctx, flow, token, body)
}

func (k *Kratos) begin(ctx context.Context, kind string, query url.Values, token string) (flow, error) {
	f := flow{kind: kind}
	err := k.call(ctx, http.MethodGet, "/self-service/"+kind+"/api", query, token, nil, &f)
	return f, err
}

func (k *Kratos) submit(ctx context.Context, f flow, token string, body map[string]any) (string, error) {
	var answer struct {
		Token string `json:"session_token"`
	}
	err := k.call(ctx, http.MethodPost, "/self-service/"+f.kind, url.Values{"flow": {f.ID}}, token, body, &answer)
	return answer.Token, err
}

// call sends JSON to the public API, as a script with a session token or none would.
func (k *Kratos) call(ctx context.Context, method, path string, query url.Values, token string, body map[string]any, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, k.given.Timeout)
	defer cancel()
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	address := k.publicURL.JoinPath(path)
	address.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, method, address.String(), bytes.NewReader(encoded))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	if token != "" {
		r.Header.Set("X-Session-Token", token)
	}
	return k.ask(r, answer)
}

// ask sends a request to the public API and reads its JSON. What Kratos says about an error is not repeated.
func (k *Kratos) ask(r *http.Request, answer any) error {
	response, err := k.client.Do(r)
	if err != nil {
		return unavailable(err)
	}
	defer response.Body.Close()
	if code := response.StatusCode; code >= http.StatusMultipleChoices {
		return refusal(code, response)
	}
	if answer == nil {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		return unavailable(err)
	}
	return nil
}

// detour is what Kratos asks for before it goes on, such as a second factor.
type detour struct {
	status int
	id     string
	to     string
}

func (d *detour) Error() string { return fmt.Sprintf("identity: Kratos answered %d", d.status) }

func refusal(code int, response *http.Response) error {
	var said struct {
		Error struct {
			ID string `json:"id"`
		} `json:"error"`
		To string `json:"redirect_browser_to"`
	}
	_ = json.NewDecoder(response.Body).Decode(&said) // what can't be read has no detour
	cause := &detour{status: code, id: said.Error.ID, to: said.To}
	switch {
	case code == http.StatusUnauthorized, code == http.StatusBadRequest && strings.Contains(response.Request.URL.Path, "/login"):
		return fault.Wrap(fault.SessionInvalid, cause)
	case code == http.StatusForbidden && said.Error.ID == "session_aal2_required":
		return fault.Wrap(fault.SecondFactor, cause)
	case code == http.StatusForbidden && said.Error.ID == "session_refresh_required":
		return fault.Wrap(fault.FreshSignIn, cause)
	case code >= http.StatusInternalServerError || code == http.StatusTooManyRequests:
		return unavailable(cause)
	default:
		return fault.Wrap(fault.Invalid, cause)
	}
}

// detourOf finds the detour behind a fault.
func detourOf(err error) (*detour, bool) {
	var d *detour
	found := errors.As(err, &d)
	return d, found
}
