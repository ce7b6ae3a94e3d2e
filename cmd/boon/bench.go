package main

import "fmt"

type benchCmd struct{}

func (benchCmd) Run() error { return fmt.Errorf("not yet") }
