package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/hamyar/hamyar/internal/config"
)

// keyWork is what `hamyar keys` does.
func keyWork() []command {
	return []command{
		{"status", "count epochs, keys and what waits for a new one", program.keysStatus},
		{"rotate", "renew keys, and seal everything anew under them", program.keysRotate},
		{"rollover", "end an epoch: what was erased before can't be opened after it", program.keysRollover},
		{"verify", "open everything that is sealed, and count what doesn't open", program.keysVerify},
		{"export-recovery", "write a kit for the day on which the KMS is lost", program.keysExport},
		{"restore-recovery", "put the keys of a kit under another KMS", program.keysRestore},
		{"erase", "forget a member, a persona, a topic or a post, for good", program.keysErase},
		{"new-file", "make a key file, for a KMS on this machine", program.keysNewFile},
	}
}

func (p program) keys(ctx context.Context, args []string) error {
	return menu{
		before:   "hamyar keys looks after the keys of an installation, with the settings of hamyar serve.\n\nhamyar keys WORK [flags]\n",
		commands: keyWork(),
		after: "\nhamyar keys WORK -h tells the flags of one. It ends with 0 when all is done, and with 1 when something is left;\n" +
			"what was begun goes on when it is run again.",
		unknown: "hamyar keys can't %q",
	}.choose(ctx, p, args)
}

// keyFlags reads the flags of one work; usage is its explanation.
func (p program) keyFlags(name, usage string, args []string, define func(*flag.FlagSet)) (*flag.FlagSet, error) {
	return p.workFlags("keys", name, usage, args, define)
}

func (p program) workFlags(of, name, usage string, args []string, define func(*flag.FlagSet)) (*flag.FlagSet, error) {
	flags := flag.NewFlagSet(of+" "+name, flag.ContinueOnError)
	flags.SetOutput(p.errOut)
	flags.Usage = func() {
		fmt.Fprintf(p.errOut, "hamyar %s %s %s\n", of, name, usage)
		flags.PrintDefaults()
	}
	if define != nil {
		define(flags)
	}
	err := flags.Parse(args)
	return flags, err
}

var (
	errNoWorker = errors.New("HAMYAR_WORKER_URL_FILE is required: the path of a file with the URL of the worker's role in the forum database")
	errNoKeeper = errors.New("HAMYAR_KEEPER_URL_FILE is required: the path of a file with the URL of the keeper's role in the keys database")
)

// workshop is a Hamyar that seals anew and erases: the same as the server, in the worker's role.
func (p program) workshop(ctx context.Context) (*server, error) {
	c, err := p.patient("")
	if err != nil {
		return nil, err
	}
	if c.WorkerURL == (config.Secret{}) {
		return nil, errNoWorker
	}
	c.ForumURL = c.WorkerURL
	c.Policy = config.Policy{} // servers follow its folder, and remember alone
	return newServer(ctx, c, p.logger(), utc)
}
