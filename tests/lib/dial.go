// SPDX-License-Identifier: MIT
// Dials a port of 127.0.0.1 many times by Go's own system calls, while other goroutines keep the
// scheduler sending its preemption signals. Ends with the first dial that reaches itself.
package main

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
)

func spin() {
	for n := 0; ; n++ {
	}
}

func main() {
	count, _ := strconv.Atoi(os.Args[1])
	port, _ := strconv.Atoi(os.Args[2])
	to := &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
	for i := 0; i < 4; i++ {
		go spin()
	}
	for refused := 0; refused < count; refused++ {
		fd, _ := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		switch err := syscall.Connect(fd, to); err {
		case nil:
			fmt.Println("1 reached themselves")
			return
		case syscall.ECONNREFUSED:
			syscall.Close(fd)
		default:
			panic(err)
		}
	}
	fmt.Printf("%d refused, 0 reached themselves\n", count)
}
