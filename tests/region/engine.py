#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""engine.py - a clamd that is not as it should be.

usage: engine.py SOCKET FILE
It listens at SOCKET. FILE says, at each question anew, how a stream is answered:
  reply TEXT   with this text and a NUL; \\xHH stands for a byte
  hang-up      with nothing
  early TEXT   as reply, before the stream was read
  endless      with bytes that do not end
  wait FILE    as clean, once that file is there
  hang FILE    what contains HANG as wait, the rest as clean
What gotthard-region shows it to see whether it can be relied on is answered as it should be.
"""
import os
import socket
import sys
import threading
import time


def take(c):
    """A whole stream, as clamd takes it; None if it breaks off."""
    left = whole = b""
    while True:
        while len(left) < 4:
            data = c.recv(65536)
            if not data:
                return None
            left += data
        size = int.from_bytes(left[:4], "big")
        left = left[4:]
        if not size:
            return whole
        while len(left) < size:
            data = c.recv(65536)
            if not data:
                return None
            left += data
        whole += left[:size]
        left = left[size:]


def probed(data):
    """The answer to a probe; None: it is none."""
    if data.startswith(b"X5O!P%@AP"):
        return b"stream: Eicar-Test-Signature FOUND\0"
    if data.startswith(b"PK\3\4"):
        encrypted = data[6] & 1
        return b"stream: Heuristics.%s FOUND\0" % (b"Encrypted.Zip" if encrypted else b"Limits.Exceeded.MaxScanSize")
    return None


def stream(c, deed, text):
    reply = text.encode().decode("unicode_escape").encode("latin-1") + b"\0"
    if deed == "early":
        c.sendall(reply)
        return
    data = take(c)
    if data is None:
        return
    if probe := probed(data):
        c.sendall(probe)
    elif deed == "reply":
        c.sendall(reply)
    elif deed == "endless":
        while True:
            c.sendall(b"x" * 65536)
    elif deed == "hang" and b"HANG" not in data:
        c.sendall(b"stream: OK\0")
    elif deed in ("wait", "hang"):
        while not os.path.exists(text):
            time.sleep(0.05)
        c.sendall(b"stream: OK\0")


def talk(c):
    with c:
        try:
            command = b""
            while not command.endswith(b"\0"):
                data = c.recv(1)
                if not data:
                    return
                command += data
            if command == b"zVERSION\0":
                c.sendall(b"ClamAV 9.9/123/Tue Nov 24 2026\0")
            elif command == b"zINSTREAM\0":
                with open(sys.argv[2]) as f:
                    deed, _, text = f.read().rstrip("\n").partition(" ")
                stream(c, deed, text)
        except OSError:
            pass


with socket.socket(socket.AF_UNIX) as s:
    s.bind(sys.argv[1])
    s.listen(16)
    while True:
        threading.Thread(target=talk, args=(s.accept()[0],), daemon=True).start()
