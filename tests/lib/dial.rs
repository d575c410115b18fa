// SPDX-License-Identifier: MIT
// Dials a port of 127.0.0.1 many times. Ends with the first dial that reaches itself.
use std::io::ErrorKind;
use std::net::TcpStream;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let count: u32 = arguments[1].parse().unwrap();
    let port: u16 = arguments[2].parse().unwrap();
    for _ in 0..count {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => {
                assert_eq!(stream.local_addr().unwrap(), stream.peer_addr().unwrap());
                return println!("1 reached themselves");
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionRefused),
        }
    }
    println!("{} refused, 0 reached themselves", count);
}
