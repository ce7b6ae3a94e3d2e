package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"syscall"
	"testing"
)

// shopServer is boon serve in a process of its own.
type shopServer struct {
	t       *testing.T
	address string
	process *exec.Cmd
	said    bytes.Buffer
	client  *http.Client
}

// startServer serves a bundle from a data folder. The process is killed when the test ends.
func startServer(t *testing.T, data, bundle string, more ...string) *shopServer {
	t.Helper()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	s := &shopServer{t: t, address: address, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 500}}}
	s.process = exec.Command("boon", append([]string{"serve", "--data", data, "--listen", address, "--bundle", bundle}, more...)...)
	s.process.Env = append(s.process.Environ(), "BOON_API_KEY="+apiKey, "BOON_WRITE_KEY="+writeKey)
	s.process.Stdout, s.process.Stderr = &s.said, &s.said
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.end(syscall.SIGKILL) })
	if err := waitReady(address); err != nil {
		s.end(syscall.SIGKILL)
		t.Fatalf("%v\n%s", err, s.said.Bytes())
	}
	return s
}

// end signals the process and waits for it; a second call does nothing.
func (s *shopServer) end(signal syscall.Signal) {
	if s.process.ProcessState != nil {
		return
	}
	s.client.CloseIdleConnections()      // a server lets open ones linger when it ends
	_ = s.process.Process.Signal(signal) // it may be gone already
	_ = s.process.Wait()                 // how it ended is what was asked for
}

// reply is one answer.
type reply struct {
	status int
	media  string
	raw    []byte
}

// body reads the answer's JSON; nil when it is none.
func (r reply) body() (v any) {
	if json.Unmarshal(r.raw, &v) != nil {
		return nil
	}
	return v
}

// try makes a call that a crash may cut off.
func (s *shopServer) try(method, path, body string, headers ...string) (reply, error) {
	req, err := http.NewRequest(method, "http://"+s.address+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header.Get("Content-Type"), raw}, err
}

// call makes a call that must be answered with the status.
func (s *shopServer) call(status int, method, path, body string, headers ...string) reply {
	s.t.Helper()
	r, err := s.try(method, path, body, headers...)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	if r.status != status {
		s.t.Fatalf("%s %s: %d, want %d: %s", method, path, r.status, status, r.raw)
	}
	return r
}

func (s *shopServer) ledgerHolds() {
	s.t.Helper()
	if v := s.call(200, "GET", "/v1/ledger/verify", ""); at(v.body(), "balanced") != true {
		s.t.Fatalf("the ledger does not hold: %s", v.raw)
	}
}

// balance is what stands on an account of a budget, as decimal text.
func (s *shopServer) balance(budget, account string) string {
	s.t.Helper()
	list, _ := at(s.call(200, "GET", "/v1/ledger/balances", "").body(), "balances").([]any)
	for _, b := range list {
		if at(b, "budget") == budget && at(b, "account") == account {
			return at(b, "balance.amount").(string)
		}
	}
	return "0.00"
}

// redeemCode redeems a code of ten per cent for a shopper's 50.00.
func redeemCode(code, who, order string) string {
	return fmt.Sprintf(`{"code":%q,"profile":{"userId":%q},"order":{"id":%q,"currency":"USD","lines":[{"id":"l1","sku":"B-1001","quantity":1,"price":"50.00"}]}}`, code, who, order)
}
