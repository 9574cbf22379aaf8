import HTTP
import KeyreelCore
import KeyreelTesting
import SystemPackage

/// A server that keeps connections open, misbehaves on request and counts what really arrives.
///
/// It speaks plain http on one port and https on the other. Requests carry an `X-Tag`; `/count?TAG`
/// tells how many heads and how many whole requests came with it, and how many connections are open.
struct CountingServer: Sendable {
  let process: PythonServer

  init() throws { process = try PythonServer(Self.program) }

  func url(_ path: String, encrypted: Bool = false) -> String {
    "http\(encrypted ? "s" : "")://127.0.0.1:\(process.ports[encrypted ? 1 : 0])\(path)"
  }

  func session(
    connections: Int = 256, connectTimeout: Duration = .seconds(20), trusts: Bool = true,
    reach: NetworkReach? = .loopback
  ) -> HTTPSession {
    HTTPSession(
      HTTPSession.Settings(
        certificateFile: trusts ? process.certificateFile : nil, reach: reach,
        allowsPlainHTTP: true, connectionsPerHost: connections, connectTimeout: connectTimeout))
  }

  /// What arrived with `tag`: heads of requests, whole requests, and connections open now.
  func count(_ tag: String) async throws -> (heads: Int, wholes: Int, open: Int) {
    let answer = try await session().send(HTTPCall(.get, url("/count?\(tag)")))
    let figures = String(decoding: answer.body, as: UTF8.self).split(separator: " ").map {
      Int($0) ?? -1
    }
    return (figures[0], figures[1], figures[2])
  }

  private static let program = """
    import asyncio, collections, json, socket, ssl, struct, sys
    heads, wholes = collections.Counter(), collections.Counter()
    live = set()
    # Connections whose next request meets a bad end: connection -> how.
    doomed = {}
    def reset(writer):
      writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
      writer.transport.abort()
    async def answer(writer, status=200, body=b"", headers=(), length=None):
      lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body) if length is None else length}"]
      lines += headers
      writer.write("\\r\\n".join(lines).encode() + b"\\r\\n\\r\\n" + body)
      await writer.drain()
    async def handle(reader, writer, method, target, headers, body):
      path, _, query = target.partition("?")
      parts = path.split("/")[1:]
      if parts[0] == "echo":
        told = {"method": method, "target": target, "headers": headers, "body": len(body)}
        await answer(writer, 200, json.dumps(told).encode())
      elif parts[0] == "count":
        await answer(writer, 200, f"{heads[query]} {wholes[query]} {len(live)}".encode())
      elif parts[0] == "slow":
        await asyncio.sleep(int(parts[1]) / 1000)
        await answer(writer, 200, query.encode())
      elif parts[0] == "hang": await asyncio.sleep(3600)
      elif parts[0] == "reset": reset(writer)
      elif parts[0] == "doom":
        doomed[writer] = parts[1]
        await answer(writer)
        if parts[1] == "close": writer.close()
      elif parts[0] == "bytes": await answer(writer, 200, bytes(int(parts[1])))
      elif parts[0] == "short":
        await answer(writer, 200, b"x" * 100, length=1000)
        writer.close()
      elif parts[0] == "stall":
        await answer(writer, 200, b"x", length=1000)
        await asyncio.sleep(3600)
      elif parts[0] == "refuse":
        await answer(writer, int(parts[1]), b"no" * int(parts[2]), length=int(parts[3]))
        if int(parts[3]) > 2 * int(parts[2]): writer.close()
      elif parts[0] == "redirect": await answer(writer, 302, headers=["Location: /echo"])
      elif parts[0] == "heads":
        writer.write(b"HTTP/1.1 200 OK\\r\\n")
        while not writer.is_closing():
          writer.write(b"X-More: " + b"x" * 1000 + b"\\r\\n")
          await writer.drain()
      elif parts[0] == "ended":
        writer.write(b"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n4\\r\\ndone\\r\\n")
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(b"0\\r\\n\\r\\n")
      elif parts[0] == "events":
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/event-stream\\r\\n\\r\\n")
        number = 0
        while not writer.is_closing():
          writer.write(f"data: {number}\\n\\n".encode())
          await writer.drain()
          number += 1
          await asyncio.sleep(0.001)
      else: await answer(writer, 404)
    async def serve(reader, writer):
      live.add(writer)
      try:
        while True:
          end = doomed.get(writer)
          if end == "reset": return reset(writer)
          if end == "head":
            await reader.readuntil(b"\\r\\n\\r\\n")
            return reset(writer)
          head = (await reader.readuntil(b"\\r\\n\\r\\n")).decode().split("\\r\\n")
          method, target, _ = head[0].split(" ", 2)
          headers = [line.split(": ", 1) for line in head[1:] if line]
          named = {h[0].lower(): h[-1] for h in headers}
          tag = named.get("x-tag", "")
          heads[tag] += 1
          body = await reader.readexactly(int(named.get("content-length", "0")))
          wholes[tag] += 1
          if end == "whole": return reset(writer)
          if end == "shut": return writer.close()
          await handle(reader, writer, method, target, headers, body)
      except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError): pass
      finally:
        live.discard(writer)
        doomed.pop(writer, None)
        writer.close()
    async def main():
      loop = asyncio.get_running_loop()
      context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      context.load_cert_chain(sys.argv[1] + "/certificate.pem", sys.argv[1] + "/key.pem")
      loop.set_exception_handler(lambda *rest: None)
      plain = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=2048)
      secret = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context, backlog=2048)
      print(plain.sockets[0].getsockname()[1], secret.sockets[0].getsockname()[1], flush=True)
      await loop.run_in_executor(None, sys.stdin.read)
    import os, resource
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try: asyncio.run(asyncio.wait_for(main(), None))
    finally: os._exit(0)
    """
}
