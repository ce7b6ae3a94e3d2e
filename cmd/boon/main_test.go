package main

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/ingest"
	"boon/internal/seal"
	"boon/pebblestore"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets this test binary stand in for boon: scripts and crash tests run it as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"boon": main})
}

const (
	apiKey   = "an-api-key"
	writeKey = "a-write-key"
)

func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	events, err := filepath.Abs("testdata/events.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	script := testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			env.Setenv("EVENTS", events)
			env.Setenv("BOON_API_KEY", apiKey)
			env.Setenv("BOON_WRITE_KEY", writeKey)
			address, err := freeAddress()
			env.Setenv("ADDR", address)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "json": jsonValue, "ready": ready, "post": post, "spoil": spoil, "park": park, "soon": soon},
	}
	if testing.Short() { // the others start the program a hundred times one after the other: minutes under the race detector, with nothing at once
		script.Dir, script.Files = "", slices.Clone(shortScripts)
	}
	testscript.Run(t, script)
}

// shortScripts are those in which a server, or a load, has much at work at once.
var shortScripts = []string{"testdata/script/serve.txtar", "testdata/script/bench.txtar", "testdata/script/load.txtar"}

// freeAddress is one that nobody listens on just now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// exits STATUS ARGS...: boon with these arguments ends with the status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec("boon", args[1:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("boon: %v", err)
		}
		got = exit.ExitCode()
	}
	if (got == want) == neg {
		ts.Fatalf("boon %s: exit status %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// json FILE PATH VALUE: the file (or stdout) is exactly one JSON document, and holds the value at the dotted path. VALUE is JSON.
func jsonValue(ts *testscript.TestScript, neg bool, args []string) {
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	var doc any
	ts.Check(dec.Decode(&doc))
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		ts.Fatalf("%s holds more than one document", args[0])
	}
	if len(args) == 1 {
		return
	}
	got, err := json.Marshal(at(doc, args[1]))
	ts.Check(err)
	if (string(got) == args[2]) == neg {
		ts.Fatalf("%s: %s is %s, not %s", args[0], args[1], got, args[2])
	}
}

// at reads a value by a dotted path; numbers index arrays.
func at(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(node) {
				return nil
			}
			v = node[i]
		default:
			return nil
		}
	}
	return v
}

// ready: the server at $ADDR answers.
func ready(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(waitReady(ts.Getenv("ADDR")))
}

func waitReady(address string) error {
	last := errors.New("never asked")
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		resp, err := http.Get("http://" + address + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("status %d", resp.StatusCode)
		}
		last = err
		<-time.After(10 * time.Millisecond)
	}
	return fmt.Errorf("the server is not ready: %w", last)
}

// post PATH BODY OUT: the server at $ADDR takes the body, and its answer goes to the file.
func post(ts *testscript.TestScript, neg bool, args []string) {
	req, err := http.NewRequest(http.MethodPost, "http://"+ts.Getenv("ADDR")+args[0], strings.NewReader(args[1]))
	ts.Check(err)
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if (resp.StatusCode/100 == 2) == neg {
		ts.Fatalf("%s answered %d: %s", args[0], resp.StatusCode, answer)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), answer, 0o644))
}

// spoil DIR: the log of a folder at rest has one more event, which nobody can read.
func spoil(ts *testscript.TestScript, _ bool, args []string) {
	db, err := pebblestore.Open(filepath.Join(ts.MkAbs(args[0]), "log"), pebblestore.Options{})
	ts.Check(err)
	entry := boon.LogEntry{MessageID: "spoilt", Owner: boon.Identifier{Namespace: boon.NamespaceUser}, Received: time.Now(), Payload: []byte("spoilt")}
	_, err = db.Append(context.Background(), []boon.LogEntry{entry}, time.Now(), nil)
	ts.Check(errors.Join(err, db.Close()))
}

// park DIR KIND NUMBER [MESSAGE]: a folder at rest has a call that came in an outage, and waits (q) or was set aside by an earlier version (h). Without a message
// nobody can read it.
func park(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	number, err := strconv.ParseUint(args[2], 10, 64)
	ts.Check(err)
	call := []byte("spoilt")
	if len(args) > 3 {
		call = sealedCall(ts, dir, args[3])
	}
	db, err := pebblestore.Open(filepath.Join(dir, "log"), pebblestore.Options{})
	ts.Check(err)
	key := binary.BigEndian.AppendUint64([]byte(args[1]), number)
	ts.Check(errors.Join(db.Commit(context.Background(), []boon.Write{{Key: key, Value: call}}, true), db.Close()))
}

// sealedCall is a message as the engine of a folder parks it.
func sealedCall(ts *testscript.TestScript, dir, text string) []byte {
	secret := func(of string) []byte {
		hexKey, err := os.ReadFile(filepath.Join(dir, "instance.key"))
		ts.Check(err)
		key, err := hex.DecodeString(strings.TrimSpace(string(hexKey)))
		ts.Check(err)
		out, err := hkdf.Key(sha256.New, key, nil, "boon "+of, 32)
		ts.Check(err)
		return out
	}
	message, err := ingest.Decode([]byte(text), 0, time.Now())
	ts.Check(err)
	a := ingest.Acceptor{Options: ingest.Options{Currency: "EUR", Hasher: seal.NewHasher(secret("identifier hash")), Clean: seal.Normalise}}
	data, err := a.Prepare([]ingest.Message{message}).Encode()
	ts.Check(err)
	call, err := seal.Wrap(secret("parked events"), data)
	ts.Check(err)
	return call
}

// soon TEXT ARGS...: boon with these arguments comes to print the text.
func soon(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(20 * time.Second); ; <-time.After(20 * time.Millisecond) {
		ts.Check(ts.Exec("boon", args[1:]...))
		if strings.Contains(ts.ReadFile("stdout"), args[0]) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("boon %s never printed %q", strings.Join(args[1:], " "), args[0])
		}
	}
}

// inProcess runs a command line without a process.
func inProcess(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), args, &console{in: strings.NewReader(""), out: &out, err: &errs})
	return status, out.String(), errs.String()
}

func TestHelpOfEveryCommandShowsAnExample(t *testing.T) {
	parser, err := kong.New(&cli{})
	if err != nil {
		t.Fatal(err)
	}
	var visit func(n *kong.Node, path []string)
	visit = func(n *kong.Node, path []string) {
		for _, child := range n.Children {
			visit(child, append(append([]string(nil), path...), child.Name))
		}
		if len(n.Children) > 0 {
			return
		}
		status, out, _ := inProcess(t, append(path, "--help")...)
		command := "boon " + strings.Join(path, " ")
		if _, example, ok := strings.Cut(out, "Example: "); status != 0 || !ok || !strings.Contains(strings.SplitN(example, "\n", 2)[0], command) {
			t.Errorf("%s --help exits %d and shows no example of it:\n%s", command, status, out)
		}
	}
	visit(parser.Model.Node, nil)
}

func TestAWrongCommandLineExitsWithTwo(t *testing.T) {
	for _, line := range []string{
		"nonsense", "replay", "replay x.jsonl", "apply", "apply --no-such-flag -f .", "completion tcsh", "explain", "profile", "profile unlink one",
		"bench decide --seconds soon", "ledger nothing", "help nonsense", "ledger balances", "export", "explain dec_1", "profile show user:u1",
		"apply -f .", "diff -f .", "export --url http://127.0.0.1:1 --data .",
	} {
		status, out, errs := inProcess(t, strings.Fields(line)...)
		if status != 2 || errs == "" {
			t.Errorf("boon %s: exit status %d, standard error %q", line, status, errs)
		}
		if out != "" {
			t.Errorf("boon %s wrote %q to standard output", line, out)
		}
	}
}

// full is an output that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// A replay counts as finished only when its summary is out: one that could not say what it came to says it the next time.
func TestAReplayThatCouldNotSpeakSpeaksTheNextTime(t *testing.T) {
	args := []string{"replay", "testdata/events.jsonl", "--bundle", "../../examples/grocer", "--data", t.TempDir(), "--json"}
	var errs bytes.Buffer
	if status := run(t.Context(), args, &console{out: full{}, err: &errs}); status != 1 || !strings.Contains(errs.String(), "no space left") {
		t.Fatalf("exit status %d: %s", status, errs.String())
	}
	for _, want := range []string{`"accepted": 58`, `"accepted": 0`} {
		if status, out, errs := inProcess(t, args...); status != 0 || !strings.Contains(out, want) {
			t.Errorf("exit status %d, want %s in:\n%s%s", status, want, out, errs)
		}
	}
}
