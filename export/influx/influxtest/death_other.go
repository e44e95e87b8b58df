//go:build !linux

package influxtest

import "os/exec"

// dieWithParent does nothing here: only Linux can tie a process to its parent's life.
func dieWithParent(*exec.Cmd) {}
