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
"""
import os
import socket
import sys
import threading
import time


def take(c):
    """A whole stream, as clamd takes it; False if it breaks off."""
    left = b""
    while True:
        while len(left) < 4:
            data = c.recv(65536)
            if not data:
                return False
            left += data
        size = int.from_bytes(left[:4], "big")
        left = left[4:]
        if not size:
            return True
        while len(left) < size:
            data = c.recv(65536)
            if not data:
                return False
            left += data
        left = left[size:]


def stream(c, deed, text):
    reply = text.encode().decode("unicode_escape").encode("latin-1") + b"\0"
    if deed == "early":
        c.sendall(reply)
        return
    if not take(c):
        return
    if deed == "reply":
        c.sendall(reply)
    elif deed == "endless":
        while True:
            c.sendall(b"x" * 65536)
    elif deed == "wait":
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
