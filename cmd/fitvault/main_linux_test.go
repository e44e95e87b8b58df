package main

import (
	"os/exec"
	"syscall"
)

// dieWithTest has the kernel end a process when the test binary is gone, however it ended.
func dieWithTest(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}
