"""Runs the aws command again and again in one process, because it takes longer to start than to call.

Reads a JSON list of arguments a line; answers a JSON object a line, of the exit code and what was printed.
"""
import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver

answers = sys.stdout
for line in sys.stdin:
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = create_clidriver().main(json.loads(line))
        except SystemExit as end:
            code = end.code or 0
        out.flush()
    stdout = out.buffer.getvalue().decode()
    print(json.dumps({"code": code, "stdout": stdout, "stderr": err.getvalue()}), file=answers, flush=True)
