package main

import "context"

// policyWork is what `hamyar policy` does.
func policyWork() []command {
	return []command{
		{"matrix", "print who may do what, and what they are told", program.policyMatrix},
		{"explain", "tell by which rules policy answers some facts, and what the nearest grants lack", program.policyExplain},
		{"schema", "print the JSON schema of the facts: all that a rule can know", program.policySchema},
		{"test", "run the tests written in Rego, of the policy and of additions", program.policyTest},
		{"diff", "tell what additions change, and for whom", program.policyDiff},
		{"bench", "measure how long an answer takes here", program.policyBench},
		{"check", "tell whether a server would take additions, and which of them change nothing", program.policyCheck},
		{"sign", "make a signed bundle of additions", program.policySign},
		{"new-key", "make a key to sign bundles with", program.policyNewKey},
	}
}

func (p program) policy(ctx context.Context, args []string) error {
	return menu{
		before:   "hamyar policy asks the policy, and looks after what an operator adds to it. It needs no installation.\n\nhamyar policy WORK [flags]\n",
		commands: policyWork(),
		after:    "\nhamyar policy WORK -h tells the flags of one.",
		unknown:  "hamyar policy can't %q",
	}.choose(ctx, p, args)
}
