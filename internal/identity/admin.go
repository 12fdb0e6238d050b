package identity

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
	kratos "github.com/ory/kratos-client-go"

	"github.com/hamyar/hamyar/internal/fault"
)

// Way is how a recovery code will be redeemed.
type Way string

// A code made for one way can't be redeemed by the other.
const (
	ForBrowser Way = "browser" // by a form on URL; it begins a session under a cookie
	ForScript  Way = "api"     // by JSON posted to URL; the answer holds a session token
)

// RecoveryCode lets whoever holds it in, once, to set a new password. It must reach its owner and nobody else.
type RecoveryCode struct {
	Code      string
	Flow      uuid.UUID
	URL       string // ForBrowser: a page of Hamyar's; ForScript: where {"method":"code","code":…} is posted
	ExpiresAt time.Time
}

// RecoveryCode makes a code for an identity.
func (k *Kratos) RecoveryCode(ctx context.Context, identity uuid.UUID, way Way) (RecoveryCode, error) {
	ctx, cancel := context.WithTimeout(ctx, k.given.Timeout)
	defer cancel()
	wanted := kratos.NewCreateRecoveryCodeForIdentityBody(identity.String())
	wanted.SetFlowType(string(way))
	made, response, err := k.admin.IdentityAPI.CreateRecoveryCodeForIdentity(ctx).
		CreateRecoveryCodeForIdentityBody(*wanted).Execute()
	if err := settled(response, err); err != nil {
		return RecoveryCode{}, err
	}
	link, err := url.Parse(made.RecoveryLink)
	if err != nil || made.ExpiresAt == nil {
		return RecoveryCode{}, fault.Wrap(fault.Internal, errUnclear)
	}
	flow, err := uuid.Parse(link.Query().Get("flow"))
	if err != nil {
		return RecoveryCode{}, fault.Wrap(fault.Internal, err)
	}
	page := k.origin.JoinPath("recover")
	if way == ForScript {
		page = k.origin.JoinPath(Prefix, "self-service/recovery")
	}
	page.RawQuery = url.Values{"flow": {flow.String()}}.Encode()
	return RecoveryCode{Code: made.RecoveryCode, Flow: flow, URL: page.String(), ExpiresAt: made.ExpiresAt.UTC()}, nil
}

// IdentityByIdentifier finds whoever signs in with a username or an e-mail address.
func (k *Kratos) IdentityByIdentifier(ctx context.Context, identifier string) (uuid.UUID, bool, error) {
	if normal(identifier) == "" {
		return uuid.Nil, false, nil // Kratos would list everybody
	}
	ctx, cancel := context.WithTimeout(ctx, k.given.Timeout)
	defer cancel()
	found, response, err := k.admin.IdentityAPI.ListIdentities(ctx).CredentialsIdentifier(normal(identifier)).Execute()
	if err := settled(response, err); err != nil {
		return uuid.Nil, false, err
	}
	if len(found) != 1 {
		return uuid.Nil, false, nil
	}
	id, err := uuid.Parse(found[0].Id)
	if err != nil {
		return uuid.Nil, false, fault.Wrap(fault.Internal, err)
	}
	return id, true, nil
}

// NewIdentity is somebody to be created. Either Username or Email is required; both may be given.
type NewIdentity struct{ Username, Email, Password string }

// CreateIdentity makes an identity without asking its owner, for demonstration and tests. The faults are
// already_exists and invalid_request.
func (k *Kratos) CreateIdentity(ctx context.Context, n NewIdentity) (uuid.UUID, error) {
	ctx, cancel := context.WithTimeout(ctx, k.given.Timeout)
	defer cancel()
	traits := map[string]any{}
	if n.Username != "" {
		traits["username"] = n.Username
	}
	if n.Email != "" {
		traits["email"] = n.Email
	}
	body := kratos.NewCreateIdentityBody("member", traits)
	body.SetCredentials(kratos.IdentityWithCredentials{
		Password: &kratos.IdentityWithCredentialsPassword{
			Config: &kratos.IdentityWithCredentialsPasswordConfig{Password: &n.Password},
		},
	})
	made, response, err := k.admin.IdentityAPI.CreateIdentity(ctx).CreateIdentityBody(*body).Execute()
	if err := settled(response, err); err != nil {
		return uuid.Nil, err
	}
	id, err := uuid.Parse(made.Id)
	if err != nil {
		return uuid.Nil, fault.Wrap(fault.Internal, err)
	}
	return id, nil
}

// DeleteIdentity deletes an account with its sessions. It answers fault.NotFound for one that is gone.
func (k *Kratos) DeleteIdentity(ctx context.Context, identity uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, k.given.Timeout)
	defer cancel()
	defer k.Forget(identity)
	return settled(k.admin.IdentityAPI.DeleteIdentity(ctx, identity.String()).Execute())
}

// settled reads the outcome of a call to the admin API and closes its answer. Kratos repeats input in its errors, so
// none of their text goes on: what is wrapped is the status alone.
func settled(response *http.Response, err error) error {
	if response == nil {
		return unavailable(err)
	}
	_ = response.Body.Close()
	switch code := response.StatusCode; {
	case err == nil:
		return nil
	case code == http.StatusConflict:
		return fault.New(fault.AlreadyExists)
	case code == http.StatusNotFound:
		return fault.New(fault.NotFound)
	case code == http.StatusBadRequest || code == http.StatusUnprocessableEntity:
		return fault.New(fault.Invalid)
	default:
		return unavailable(errors.New("identity: Kratos answered " + http.StatusText(code)))
	}
}
