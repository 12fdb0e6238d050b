package main

import "context"

func (p program) doctor(context.Context, []string) error { return nil }
