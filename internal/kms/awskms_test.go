//go:build awskms

package kms_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/kms"
)

// TestAWSIsToldApart speaks to a server that answers as AWS KMS does.
func TestAWSIsToldApart(t *testing.T) {
	code, status := "", http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status != http.StatusOK {
			w.Header().Set("X-Amzn-ErrorType", code)
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": "arn:secret-name"})
			return
		}
		var in map[string]any
		_ = json.NewDecoder(r.Body).Decode(&in)
		out := map[string]any{"KeyId": "k"}
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".Encrypt") {
			plain, _ := base64.StdEncoding.DecodeString(in["Plaintext"].(string))
			out["CiphertextBlob"] = append([]byte{1}, inverted(plain)...)
		} else {
			box, _ := base64.StdEncoding.DecodeString(in["CiphertextBlob"].(string))
			out["Plaintext"] = inverted(box[1:])
		}
		_ = json.NewEncoder(w).Encode(out)
	}))
	defer server.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	k := open(t, "awskms:///alias/root?region=eu-central-1&endpoint="+url.QueryEscape(server.URL))
	box := wrap(t, k, words)
	if plain, err := k.Unwrap(t.Context(), box); err != nil || !bytes.Equal(plain, words) {
		t.Fatalf("%q, %v", plain, err)
	}
	for what, want := range map[string]error{
		"AccessDeniedException": kms.ErrRefused, "InvalidCiphertextException": kms.ErrRefused, "IncorrectKeyException": kms.ErrRefused,
		"NotFoundException": kms.ErrRefused, "DisabledException": kms.ErrRefused, "ThrottlingException": kms.ErrUnavailable,
		"KeyUnavailableException": kms.ErrUnavailable, "LimitExceededException": kms.ErrUnavailable,
	} {
		code, status = what, http.StatusBadRequest
		if _, err := k.Unwrap(t.Context(), box); !errors.Is(err, want) || strings.Contains(err.Error(), "secret-name") {
			t.Errorf("%s: %v", what, err)
		}
	}
	code, status = "KMSInternalException", http.StatusInternalServerError
	if _, err := k.Wrap(t.Context(), words); !errors.Is(err, kms.ErrUnavailable) {
		t.Error(err)
	}
	server.Close()
	if _, err := k.Wrap(t.Context(), words); !errors.Is(err, kms.ErrUnavailable) {
		t.Error(err)
	}
	for _, wrong := range []string{"awskms:///k?motor=a", "awskms:///k?context_a=1&context_a=2", "awskms://%zz"} {
		if _, err := kms.Open(t.Context(), wrong); err == nil {
			t.Errorf("%s: accepted", wrong)
		}
	}
}

func inverted(b []byte) []byte {
	c := bytes.Clone(b)
	for i := range c {
		c[i] = ^c[i]
	}
	return c
}
