package main

import (
	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/keystore"
)

// leads makes somebody the lead of a programme.
func (h *house) leads(p *person, programme string) {
	h.t.Helper()
	_, err := h.store.UpdateMember(h.t.Context(), p.identity, func(r *keystore.Record) error {
		r.Roles = append(r.Roles, keystore.Role{Name: "programme_lead", Programme: uuid.MustParse(programme)})
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
