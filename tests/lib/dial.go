// SPDX-License-Identifier: MIT
// Dials a port of 127.0.0.1 many times by Go's own system calls, while other goroutines keep the
// scheduler sending its preemption signals. Prints how many dials were refused and reached themselves.
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
	refused, reached := 0, 0
	for i := 0; i < 4; i++ {
		go spin()
	}
	for i := 0; i < count; i++ {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		if err != nil {
			panic(err)
		}
		err = syscall.Connect(fd, to)
		if err == nil {
			reached++
			syscall.SetsockoptLinger(fd, syscall.SOL_SOCKET, syscall.SO_LINGER,
				&syscall.Linger{Onoff: 1})
		} else if err == syscall.ECONNREFUSED {
			refused++
		} else {
			panic(err)
		}
		syscall.Close(fd)
	}
	fmt.Printf("%d refused, %d reached themselves\n", refused, reached)
}
