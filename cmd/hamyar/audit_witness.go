package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/config"
)

const witnessUsage = `-key FILE -new NAME | -key FILE -state FOLDER -log KEY [-listen ADDRESS]
is a witness, for logs that somebody else keeps: it remembers the newest checkpoint of each, cosigns only what holds all of
it, and so makes sure that everybody is shown one history. With -new it makes a key, under a name such as
example.org/witness, and prints the line that goes into HAMYAR_WITNESSES there. Otherwise it answers POST /add-checkpoint.
A state that is lost or put back makes a witness worthless: keep it out of backups that are restored.`

const (
	addCheckpoint  = "/add-checkpoint"
	mostSubmission = 64 << 10
	witnessWait    = 10 * time.Second
)

func (p program) auditWitness(ctx context.Context, args []string) error {
	var key, name, state, listen string
	var logs several
	if _, err := p.auditFlags("witness", witnessUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&key, "key", "", "file with the witness's key")
		f.StringVar(&name, "new", "", "make the key, under this name, and do nothing else")
		f.StringVar(&state, "state", "", "folder in which it remembers, which its owner alone enters")
		f.Var(&logs, "log", "verifier key of a log, or a file with it; may be given several times")
		f.StringVar(&listen, "listen", "127.0.0.1:8090", "address; a reverse proxy gives it TLS")
	}); err != nil {
		return said(err)
	}
	switch {
	case key != "" && name != "":
		return p.newWitnessKey(key, name)
	case key == "" || state == "" || len(logs) == 0:
		return errors.New("hamyar audit witness " + strings.Split(witnessUsage, "\n")[0])
	}
	seed, called, err := readWitnessKey(key)
	if err != nil {
		return err
	}
	w, verifierKey, err := openWitness(seed, called, state, logs)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // what it remembers is on the disk already
	listener, err := listenOn(ctx, listen)
	if err != nil {
		return err
	}
	p.say("witness %s\nlistens on %s", verifierKey, listener.Addr())
	web := &http.Server{Handler: witnessHandler(w), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: witnessWait, WriteTimeout: witnessWait, MaxHeaderBytes: 8 << 10, ErrorLog: nil}
	go func() {
		<-ctx.Done()
		_ = web.Close() // what was cosigned is remembered
	}()
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func openWitness(seed [32]byte, name, state string, logs []string) (*tree.Witness, string, error) {
	signer, verifierKey, err := tree.NewCosigner(seed, name, utc)
	if err != nil {
		return nil, "", err
	}
	known, err := each(logs, tree.NewVerifier)
	if err != nil {
		return nil, "", err
	}
	w, err := tree.OpenWitness(state, signer, known...)
	return w, verifierKey, err
}

// each reads keys that are written here or in files.
func each[K any](texts []string, read func(string) (K, error)) ([]K, error) {
	var keys []K
	for _, text := range texts {
		key, err := read(written(text))
		if err != nil {
			return nil, errors.New("a log's verifier key looks like hamyar/audit/…+…+…: hamyar audit key prints it")
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// newWitnessKey writes a private key that was not there, and prints what others know it by.
func (p program) newWitnessKey(path, name string) error {
	var seed [32]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return err
	}
	_, verifierKey, err := tree.NewCosigner(seed, name, utc)
	if err != nil {
		return errors.New("a witness is called as example.org/witness, without spaces and +")
	}
	if err := writeNew(path, []byte(name+" "+base64.StdEncoding.EncodeToString(seed[:])+"\n")); err != nil {
		return err
	}
	p.say("%s https://WHERE-IT-LISTENS", verifierKey)
	return nil
}

func readWitnessKey(path string) (seed [32]byte, name string, err error) {
	text, err := readOwn(path)
	if err != nil {
		return seed, "", err
	}
	defer clear(text)
	name, encoded, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw) != len(seed) {
		return seed, "", fmt.Errorf("%s holds no witness's key: hamyar audit witness -new makes one", path)
	}
	copy(seed[:], raw)
	clear(raw)
	return seed, name, nil
}

// witnessHandler answers as C2SP tlog-witness says.
func witnessHandler(w *tree.Witness) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+addCheckpoint, func(to http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(to, r.Body, mostSubmission))
		if err != nil {
			http.Error(to, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		submission, err := tree.ParseSubmission(body)
		if err != nil {
			http.Error(to, "not a submission", http.StatusBadRequest)
			return
		}
		lines, err := w.Add(r.Context(), submission)
		if status := witnessStatus(err); status != http.StatusOK {
			refuse(to, err, status)
			return
		}
		to.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = to.Write(lines) // the log asks again
	})
	return mux
}

func witnessStatus(err error) int {
	var conflict *tree.Conflict
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &conflict):
		return http.StatusConflict
	case errors.Is(err, tree.ErrUnknownLog):
		return http.StatusNotFound
	case errors.Is(err, tree.ErrUnsigned):
		return http.StatusForbidden
	case errors.Is(err, tree.ErrInconsistent):
		return http.StatusUnprocessableEntity
	case errors.Is(err, tree.ErrMalformed):
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

func refuse(to http.ResponseWriter, err error, status int) {
	var conflict *tree.Conflict
	if errors.As(err, &conflict) {
		to.Header().Set("Content-Type", "text/x.tlog.size")
		to.WriteHeader(status)
		_, _ = fmt.Fprintf(to, "%d\n", conflict.Size)
		return
	}
	http.Error(to, http.StatusText(status), status)
}

// witnessesOf reads the list that HAMYAR_WITNESSES names.
func witnessesOf(c config.Config) ([]audit.Witness, error) {
	if c.Witnesses == "" {
		return nil, nil
	}
	text, err := os.ReadFile(filepath.Clean(c.Witnesses))
	if err != nil {
		return nil, errors.New("HAMYAR_WITNESSES: the file can't be read")
	}
	return audit.ReadWitnesses(string(text), askOver(&http.Client{Timeout: witnessWait}))
}

// askOver asks witnesses over HTTP.
func askOver(client *http.Client) func(address string) func(context.Context, tree.Submission) ([]byte, error) {
	return func(address string) func(context.Context, tree.Submission) ([]byte, error) {
		return func(ctx context.Context, s tree.Submission) ([]byte, error) {
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(address, "/")+addCheckpoint, bytes.NewReader(s.Bytes()))
			if err != nil {
				return nil, err
			}
			response, err := client.Do(request)
			if err != nil {
				return nil, err
			}
			defer response.Body.Close()
			body, err := io.ReadAll(io.LimitReader(response.Body, mostSubmission))
			switch {
			case err != nil:
				return nil, err
			case response.StatusCode == http.StatusConflict:
				if size, err := strconv.ParseInt(strings.TrimSpace(string(body)), 10, 64); err == nil && size >= 0 {
					return nil, &tree.Conflict{Size: size}
				}
			case response.StatusCode == http.StatusOK:
				return body, nil
			}
			return nil, fmt.Errorf("the witness answers %d", response.StatusCode)
		}
	}
}
