// SPDX-License-Identifier: MIT
// Java's plain client: dials HOST PORT, says so, and stays until its input ends.

class Dial {
        public static void main(String[] args) throws java.io.IOException {
                try (var socket = new java.net.Socket(args[0], Integer.parseInt(args[1]))) {
                        System.out.println("Connected to " + socket.getRemoteSocketAddress());
                        System.in.read();
                }
        }
}
