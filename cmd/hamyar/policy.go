package main

import "context"

// policyWork is what `hamyar policy` does.
func policyWork() []command {
	return []command{
		{"check", "tell whether a server would take additions, and which of them change nothing", program.policyCheck},
		{"sign", "make a signed bundle of additions", program.policySign},
		{"new-key", "make a key to sign bundles with", program.policyNewKey},
	}
}

func (p program) policy(ctx context.Context, args []string) error {
	return menu{
		before:   "hamyar policy looks after what an operator adds to the policy. It needs no installation.\n\nhamyar policy WORK [flags]\n",
		commands: policyWork(),
		after:    "\nhamyar policy WORK -h tells the flags of one.",
		unknown:  "hamyar policy can't %q",
	}.choose(ctx, p, args)
}
