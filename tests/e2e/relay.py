#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""relay.py - a line to the region that tests can cut.

usage: relay.py LISTEN TO CONTROL
Ports on 127.0.0.1: what comes in at LISTEN goes to TO, unseen. At CONTROL one line is one command, answered by "ok":
  up        connections are let through (at first they are)
  down      those that are open end, new ones end at once
  cut N     the next connection ends after N bytes towards the region
"""
import asyncio
import sys


class Line:
    def __init__(self, to):
        self.to = to
        self.down = False
        self.cut = None
        self.open = set()

    async def pump(self, reader, writer, limit):
        try:
            while data := await reader.read(65536):
                if limit is not None:
                    data, limit = data[:limit], limit - len(data)
                writer.write(data)
                await writer.drain()
                if limit is not None and limit <= 0:
                    break
        except OSError:
            pass

    async def connection(self, reader, writer):
        if self.down:
            writer.transport.abort()
            return
        limit, self.cut = self.cut, None
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.transport.abort()
            return
        ends = (writer, far_writer)
        self.open.add(ends)
        tasks = [
            asyncio.create_task(self.pump(reader, far_writer, limit)),
            asyncio.create_task(self.pump(far_reader, writer, None)),
        ]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        # What is under way to the other side still arrives, unless the line was cut.
        for end in ends:
            end.transport.abort() if self.down else end.close()
        for task in tasks:
            task.cancel()
        self.open.discard(ends)

    async def command(self, reader, writer):
        words = (await reader.readline()).split()
        answer = b"ok\n"
        if words == [b"up"]:
            self.down = False
        elif words == [b"down"]:
            self.down = True
            for ends in self.open:
                for end in ends:
                    end.transport.abort()
        elif len(words) == 2 and words[0] == b"cut" and words[1].isdigit():
            self.cut = int(words[1])
            for ends in self.open:
                for end in ends:
                    end.transport.abort()
        else:
            answer = b"what?\n"
        writer.write(answer)
        await writer.drain()
        writer.close()


async def main():
    listen, to, control = map(int, sys.argv[1:4])
    line = Line(to)
    servers = [
        await asyncio.start_server(line.connection, "127.0.0.1", listen),
        await asyncio.start_server(line.command, "127.0.0.1", control),
    ]
    print("ready", flush=True)
    await asyncio.gather(*(s.serve_forever() for s in servers))


if len(sys.argv) != 4:
    sys.exit(__doc__)
try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
