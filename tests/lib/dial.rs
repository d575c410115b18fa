// SPDX-License-Identifier: MIT
// Dials a port of 127.0.0.1 many times. Prints how many dials were refused and reached themselves.
use std::io::ErrorKind;
use std::net::TcpStream;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let count: u32 = arguments[1].parse().unwrap();
    let port: u16 = arguments[2].parse().unwrap();
    let (mut refused, mut reached) = (0, 0);
    for _ in 0..count {
        match TcpStream::connect(("127.0.0.1", port)) {
            // Closing leaves TIME_WAIT, and the next dial could not use the port: close later.
            Ok(stream) => {
                reached += (stream.local_addr().unwrap() == stream.peer_addr().unwrap()) as u32;
                break;
            }
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => refused += 1,
            Err(error) => panic!("{}", error),
        }
    }
    println!("{} refused, {} reached themselves", refused, reached);
}
