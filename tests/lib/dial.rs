// SPDX-License-Identifier: MIT
// Dials 127.0.0.1:50000 many times. Ends with the first dial that reaches itself.
use std::io::ErrorKind;
use std::net::TcpStream;

fn main() {
    for _ in 0..500 {
        match TcpStream::connect("127.0.0.1:50000") {
            Ok(_) => return println!("1 reached themselves"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionRefused),
        }
    }
    println!("500 refused, 0 reached themselves");
}
