package seed

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hamyar/hamyar/internal/demo"
)

// Account is how to sign in as a fictional person.
type Account struct {
	Username string `json:"username"`
	Password string `json:"password"`
	TOTP     string `json:"totp,omitempty"` // secret of the second factor, for staff
	Role     string `json:"role,omitempty"`
}

// Accounts of a planted world, and where it is served.
type Accounts struct {
	Origin   string    `json:"origin"`
	Accounts []Account `json:"accounts"`
}

// Of finds an account by its username.
func (a Accounts) Of(username string) (Account, bool) {
	for _, account := range a.Accounts {
		if account.Username == username {
			return account, true
		}
	}
	return Account{}, false
}

// ReadAccounts reads what planting wrote down in a data folder.
func ReadAccounts(folder string) (Accounts, error) {
	raw, err := os.ReadFile(accountsIn(folder))
	if err != nil {
		return Accounts{}, err
	}
	var accounts Accounts
	if err := json.Unmarshal(raw, &accounts); err != nil {
		return Accounts{}, fmt.Errorf("seed: %s is damaged", accountsIn(folder))
	}
	return accounts, nil
}

func (a Accounts) write(folder string) error {
	raw, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	next := accountsIn(folder) + ".new"
	if err := os.WriteFile(next, raw, 0o600); err != nil {
		return err
	}
	return os.Rename(next, accountsIn(folder))
}

func accountsIn(folder string) string { return filepath.Join(folder, "demonstration-accounts.json") }

// SignIns tells a person how to sign in; by is the command that takes a username.
func SignIns(by string) (string, error) {
	world, err := demo.Load()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nSign-ins (fictional people; the password of each is %q):\n", Password)
	var members []string
	for _, m := range world.Members {
		if r := role(m); r != "" {
			fmt.Fprintf(&b, "  %-14s %s, with a second factor: %s %s\n", m.Username, strings.ReplaceAll(r, "_", " "), by, m.Username)
			continue
		}
		members = append(members, m.Username)
	}
	fmt.Fprintf(&b, "  members: %s\n", strings.Join(members, ", "))
	return b.String(), nil
}
