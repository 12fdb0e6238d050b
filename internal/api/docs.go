package api

import "net/http"

func (a *api) docs(w http.ResponseWriter, r *http.Request) {}
