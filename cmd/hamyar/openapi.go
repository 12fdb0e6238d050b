package main

import (
	"context"

	"github.com/hamyar/hamyar/internal/api"
)

func (p program) openapi(_ context.Context, _ []string) error {
	document, err := api.Document()
	if err != nil {
		return err
	}
	_, err = p.out.Write(document)
	return err
}
