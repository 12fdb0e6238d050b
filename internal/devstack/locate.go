package devstack

// Locate tells where the data of a stack with this Dir is, whether or not it runs.
func Locate(dir string) (string, error) {
	account, err := unprivileged()
	if err != nil {
		return "", err
	}
	f := &folder{account: account}
	if err := f.choose(dir); err != nil {
		return "", err
	}
	return f.path, nil
}
