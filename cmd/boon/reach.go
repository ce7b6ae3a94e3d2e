package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

// address refuses what is no address of a server, before anything is done.
func address(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("--url takes the address of a server, such as http://127.0.0.1:8080, not %q", text)
	}
	return nil
}

// authorize sends the key along, if there is one.
func authorize(req *http.Request, key string) {
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
}

// unreachable says why a server at base cannot be asked.
func unreachable(base string, err error) error {
	if errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("no server answers at %s; start it with boon serve, or give the address of one that runs by --url", base)
	}
	var call *url.Error
	if errors.As(err, &call) {
		err = call.Err // it would name the path of the API
	}
	return fmt.Errorf("reach %s: %w", base, err)
}

// listenable refuses an address that a server could not listen on.
func listenable(addr string) error {
	listener, err := listen(addr)
	if err != nil {
		return err
	}
	return listener.Close()
}

func listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program listens on %s; stop it, or give another address by --listen", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w; give an address such as 127.0.0.1:8080 by --listen", addr, err)
	}
	return listener, nil
}

// nextStep is what to do about an error of the system that says what is wrong and no more.
func nextStep(err error) string {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return "; let the account that runs boon read and write there, or name another place"
	}
	return ""
}
