//go:build unix

package pgtest

import (
	"os"
	"os/exec"
	"syscall"
)

// give hands the folder to the user; "" is the present one.
func give(dir, name string) error {
	if name == "" {
		return nil
	}
	uid, gid, err := ids(name)
	if err != nil {
		return err
	}
	return os.Chown(dir, uid, gid)
}

// become makes a command run as the user.
func become(command *exec.Cmd, name string) error {
	if name == "" {
		return nil
	}
	uid, gid, err := ids(name)
	if err != nil {
		return err
	}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return nil
}
