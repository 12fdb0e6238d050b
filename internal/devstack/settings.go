package devstack

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// settings keep every cluster to this machine, small, and silent about what is in it. At log_min_messages = log an
// ordinary error, whose message may quote a value, is not written at all; terse drops the query text that PostgreSQL
// would add when a backend crashes.
var settings = map[string]string{
	"listen_addresses":                  "",
	"unix_socket_permissions":           "0700",
	"password_encryption":               "scram-sha-256",
	"log_destination":                   "stderr",
	"logging_collector":                 "off",
	"log_line_prefix":                   "%m [%p] ",
	"log_min_messages":                  "log",
	"log_min_error_statement":           "panic",
	"log_error_verbosity":               "terse",
	"log_statement":                     "none",
	"log_duration":                      "off",
	"log_min_duration_statement":        "-1",
	"log_min_duration_sample":           "-1",
	"log_transaction_sample_rate":       "0",
	"log_parameter_max_length":          "0",
	"log_parameter_max_length_on_error": "0",
	"log_connections":                   "off",
	"log_disconnections":                "off",
	"log_hostname":                      "off",
	"log_lock_waits":                    "off",
	"log_temp_files":                    "-1",
	"log_checkpoints":                   "off",
	"timezone":                          "UTC",
	"log_timezone":                      "UTC",
	"shared_preload_libraries":          "",
	"max_connections":                   "200",
	"shared_buffers":                    "64MB",
	"max_wal_size":                      "512MB",
	"random_page_cost":                  "1.1",
	"jit":                               "off",
}

// hurried are for data that nobody will miss.
var hurried = map[string]string{
	"fsync":              "off",
	"synchronous_commit": "off",
	"full_page_writes":   "off",
	"wal_level":          "minimal",
	"max_wal_senders":    "0",
}

const ours = "hamyar.conf"

// configure writes our settings beside PostgreSQL's own, anew at each start, so that an older folder gets newer ones.
func (c *cluster) configure() error {
	all := maps.Clone(settings)
	all["port"] = strconv.Itoa(c.port)
	all["unix_socket_directories"] = c.folder.sockets
	if c.opts.Ephemeral {
		maps.Copy(all, hurried)
	}
	maps.Copy(all, c.opts.Settings)
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&text, "%s = '%s'\n", name, strings.ReplaceAll(all[name], "'", "''"))
	}
	path := filepath.Join(c.data(), ours)
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		return err
	}
	if err := c.folder.account.give(path); err != nil {
		return err
	}
	return c.include()
}

func (c *cluster) include() error {
	path := filepath.Join(c.data(), "postgresql.conf")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	line := "include = '" + ours + "'\n"
	if strings.HasSuffix(string(text), line) {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := file.WriteString("\n" + line); err != nil {
		return err
	}
	return file.Close()
}
