package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/config"
)

// asProgram lets the test binary be the program itself, the "whole" of it or one that is "falling".
const asProgram = "HAMYAR_TEST_AS_PROGRAM"

// private is a folder that only its owner enters.
func private(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "private")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

// settings are those under which a program of its own stands on the house's databases.
func (h *house) settings() map[string]string {
	h.t.Helper()
	folder := private(h.t)
	all := map[string]string{
		"HAMYAR_ORIGIN": h.config.Origin, "HAMYAR_KRATOS_PUBLIC": h.config.KratosPublic, "HAMYAR_KRATOS_ADMIN": h.config.KratosAdmin,
		"HAMYAR_LISTEN": "127.0.0.1:0", "HAMYAR_METRICS_LISTEN": "127.0.0.1:0", "HAMYAR_LONE_KEYSTORE": "acknowledged",
		"HAMYAR_TOMBSTONES": h.config.Tombstones, "HAMYAR_BLOBS": h.config.Blobs.Reveal(),
	}
	for name, secret := range map[string]config.Secret{
		"HAMYAR_FORUM_URL_FILE": h.config.ForumURL, "HAMYAR_KEYS_URL_FILE": h.config.KeysURL, "HAMYAR_KMS_URL_FILE": h.config.KMSURL,
		"HAMYAR_WORKER_URL_FILE": h.config.WorkerURL, "HAMYAR_KEEPER_URL_FILE": h.config.KeeperURL,
	} {
		all[name] = filepath.Join(folder, name)
		if err := os.WriteFile(all[name], []byte(secret.Reveal()), 0o600); err != nil {
			h.t.Fatal(err)
		}
	}
	return all
}

// started is a program of its own.
type started struct {
	*exec.Cmd
	t           *testing.T
	out, errOut *diary
	ended       chan error
}

// start runs the program, as a process of its own, on the house's databases. more are settings, name and value in turn.
func (h *house) start(args []string, more ...string) *started {
	h.t.Helper()
	self, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	settings := h.settings()
	for i := 0; i+1 < len(more); i += 2 {
		settings[more[i]] = more[i+1]
	}
	p := &started{Cmd: exec.CommandContext(context.WithoutCancel(h.t.Context()), self, args...), t: h.t, out: &diary{}, errOut: &diary{}, ended: make(chan error, 1)}
	p.Stdout, p.Stderr = p.out, p.errOut
	p.Env = []string{asProgram + "=whole", "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	for name, value := range settings {
		p.Env = append(p.Env, name+"="+value)
	}
	if err := p.Start(); err != nil {
		h.t.Fatal(err)
	}
	go func() { p.ended <- p.Wait() }()
	h.t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

// end waits for the program and returns how it ended: 0 is well.
func (p *started) end() int {
	p.t.Helper()
	select {
	case err := <-p.ended:
		_ = err // the state says more
		return p.ProcessState.ExitCode()
	case <-time.After(time.Minute):
		p.t.Fatalf("%v goes on after a minute: %s%s", p.Args[1:], p.out, p.errOut)
	}
	return -1
}

// says waits until the program has said something.
func (p *started) says(word string) {
	p.t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(time.Minute)
	for !bytes.Contains([]byte(p.out.String()+p.errOut.String()), []byte(word)) {
		select {
		case <-ticker.C:
		case err := <-p.ended:
			p.t.Fatalf("%v ended (%v) without %q: %s%s", p.Args[1:], err, word, p.out, p.errOut)
		case <-limit:
			p.t.Fatalf("%v did not say %q within a minute: %s%s", p.Args[1:], word, p.out, p.errOut)
		}
	}
}
