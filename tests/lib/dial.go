// SPDX-License-Identifier: MIT
// Dials 127.0.0.1:50000 many times by Go's own system calls, while other goroutines keep the
// scheduler sending its preemption signals. Ends with the first dial that reaches itself.
package main

import (
	"fmt"
	"syscall"
)

func spin() {
	for n := 0; ; n++ {
	}
}

func main() {
	to := &syscall.SockaddrInet4{Port: 50000, Addr: [4]byte{127, 0, 0, 1}}
	for i := 0; i < 4; i++ {
		go spin()
	}
	for i := 0; i < 500; i++ {
		fd, _ := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		if err := syscall.Connect(fd, to); err == nil {
			fmt.Println("1 reached themselves")
			return
		} else if err != syscall.ECONNREFUSED {
			panic(err)
		}
		syscall.Close(fd)
	}
	fmt.Println("500 refused, 0 reached themselves")
}
