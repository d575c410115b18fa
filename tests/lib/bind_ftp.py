# SPDX-License-Identifier: MIT
"""An FTP server for one active transfer: serves 127.0.0.1:2121 while the client, the rest of the
command line, runs; dials the port that the client says, and prints what it said. Exits as it does."""

import re
import socket
import subprocess
import sys
import threading


def data_address(command, argument):
    """Where PORT h1,h2,h3,h4,p1,p2 or EPRT |1|host|port| wants the data to go."""
    if command == "PORT":
        parts = argument.split(",")
        return ".".join(parts[:4]), int(parts[4]) * 256 + int(parts[5])
    host, port = re.match(r"\|\d\|(.*)\|(\d+)\|$", argument).groups()
    return host, int(port)


def serve(listener):
    control, _ = listener.accept()
    target = None

    def reply(line):
        control.sendall(line.encode() + b"\r\n")

    reply("220 ready")
    for line in control.makefile():
        command, _, argument = line.strip().partition(" ")
        if command in ("PORT", "EPRT"):
            target = data_address(command, argument)
            print("told port 0" if target[1] == 0 else "told a port", flush=True)
            reply("200 noted")
        elif command in ("RETR", "LIST"):
            reply("150 here it comes")
            try:
                with socket.create_connection(target, 5) as data:
                    data.sendall(b"content of the file\n")
                reply("226 done")
            except OSError as error:
                print("no data connection:", error, flush=True)
                reply("425 no data connection")
        elif command == "PWD":
            reply('257 "/"')
        elif command == "QUIT":
            reply("221 bye")
            return
        elif command in ("SIZE", "EPSV", "PASV"):
            reply("502 not here")
        else:
            reply("200 fine")


with socket.create_server(("127.0.0.1", 2121)) as server:
    threading.Thread(target=serve, args=(server,), daemon=True).start()
    sys.exit(subprocess.run(sys.argv[1:]).returncode)
