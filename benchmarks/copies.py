"""Copies of public pages, at most a second old, against nginx serving a static page of that size, in turn.

python -m benchmarks.copies
"""

import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from statistics import median

from benchmarks.machine import free_port, installation, needs, serving, wait_for, wrk

PAIRS = 5
PAGES = ("/", "/bijdragen/")
CONF = """
worker_processes 2; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{ access_log off; sendfile on; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; types {{ text/html html; }}
  server {{ listen 127.0.0.1:{port}; root {folder}; }} }}
"""


def measure() -> None:
    """Print the ratio of medians per page."""
    folder, port = Path(tempfile.mkdtemp(prefix="stamtafel-nginx-")), free_port()
    folder.chmod(0o755)
    (folder / "conf").write_text(CONF.format(folder=folder, port=port))
    with (
        installation("sqlite") as (env, _folder),
        serving({**env, "STAMTAFEL_PAGE_COPY_MILLISECONDS": "1000"}) as (address, pid),
    ):
        for number, page in enumerate(PAGES):
            (folder / f"page{number}.html").write_bytes(urllib.request.urlopen(address + page).read())
        nginx = subprocess.Popen(["nginx", "-c", str(folder / "conf"), "-p", str(folder)])
        try:
            wait_for(f"http://127.0.0.1:{port}/page0.html")
            for number, page in enumerate(PAGES):
                ours, theirs = [], []
                for _pair in range(PAIRS):
                    ours.append(wrk(address + page, pid=pid, seconds=3).rate)
                    theirs.append(wrk(f"http://127.0.0.1:{port}/page{number}.html", pid=nginx.pid, seconds=3).rate)
                ratio = median(ours) / median(theirs)
                size = (folder / f"page{number}.html").stat().st_size / 1000
                print(
                    f"{page:<14}{size:>6.1f} kB  copy {median(ours):>8.0f}/s  nginx {median(theirs):>8.0f}/s  ratio {ratio:.2f}"
                )
        finally:
            nginx.terminate()
            nginx.wait(10)
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    needs("wrk", "nginx")
    measure()
    sys.exit(0)
