//go:build linux || darwin || freebsd

package main

import "syscall"

// freeSpace returns the bytes that this user may still write to a folder's disk.
func freeSpace(folder string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}

// writable reports whether this user may make files in a folder.
func writable(folder string) bool {
	const write, search = 2, 1
	return syscall.Access(folder, write|search) == nil
}
