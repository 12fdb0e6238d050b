package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// build makes the program as it is released.
func build(ctx context.Context, folder string) (string, error) {
	program := filepath.Join(folder, "hamyar")
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "github.com/hamyar/hamyar/cmd/hamyar")
	if said, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build hamyar: %w: %s", err, said)
	}
	return program, nil
}

// serve starts `hamyar serve` as an operator would, with no limits to what one person may ask, and waits for its first
// 200 from /readyz.
func (in *installation) serve(ctx context.Context, program string) (*system, error) {
	address, metrics, err := freeAddresses(ctx)
	if err != nil {
		return nil, err
	}
	tombstones, files := filepath.Join(in.folder, "tombstones"), filepath.Join(in.folder, "attachments")
	for _, folder := range []string{tombstones, files} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	command := exec.CommandContext(ctx, program, "serve")
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.Env = []string{
		"HAMYAR_LISTEN=" + address, "HAMYAR_METRICS_LISTEN=" + metrics, "HAMYAR_ORIGIN=" + in.origin,
		"HAMYAR_KRATOS_PUBLIC=" + in.kratosURL, "HAMYAR_KRATOS_ADMIN=" + in.adminOf, "HAMYAR_LONE_KEYSTORE=acknowledged",
		"HAMYAR_TOMBSTONES=" + tombstones, "HAMYAR_BLOBS=file://" + files,
		"HAMYAR_READS_PER_MINUTE=0", "HAMYAR_WRITES_PER_MINUTE=0",
	}
	for name, secret := range map[string]string{"FORUM": pooled(in.forumURL), "KEYS": in.keysURL, "KMS": in.kmsURL} {
		file := filepath.Join(in.folder, name)
		if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
			return nil, err
		}
		command.Env = append(command.Env, "HAMYAR_"+name+"_URL_FILE="+file)
	}
	log, err := os.OpenFile(filepath.Join(in.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has it
	command.Stderr = log
	begun := time.Now()
	if err := command.Start(); err != nil {
		return nil, err
	}
	s := &system{name: "hamyar", address: address, pid: command.Process.Pid, end: func() error { return stop(command) }}
	if err := ready(ctx, address); err != nil {
		said, _ := os.ReadFile(log.Name())
		return nil, errors.Join(fmt.Errorf("hamyar did not start: %w: %s", err, said), s.end())
	}
	s.started = time.Since(begun)
	return s, nil
}

// pooled holds the pool of Hamyar to the size of the yardstick's.
func pooled(url string) string { return fmt.Sprintf("%s&pool_max_conns=%d", url, poolSize) }

func stop(command *exec.Cmd) error {
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return command.Wait()
}

// ready asks until the server is, every two milliseconds.
func ready(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", http.NoBody)
		if err != nil {
			return err
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// freeAddresses are two that nobody listens on at this moment.
func freeAddresses(ctx context.Context) (one, other string, err error) {
	var config net.ListenConfig
	var held []net.Listener // until both are chosen, so that they differ
	for _, address := range []*string{&one, &other} {
		listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return "", "", err
		}
		held = append(held, listener)
		*address = listener.Addr().String()
	}
	for _, listener := range held {
		err = errors.Join(err, listener.Close())
	}
	return one, other, err
}
