"""A small web server over the standard library."""
import argparse
import http.server
import logging
import socketserver

log = logging.getLogger(__name__)


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format, *args):
        log.info("%s - %s", self.address_string(), format % args)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(argv)
    with socketserver.TCPServer(("", options.port), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
