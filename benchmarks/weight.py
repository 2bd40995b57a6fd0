"""First visit of each public page: HTML, styles and scripts as they travel (gzip), and fonts.

python -m benchmarks.weight
"""

import gzip
import re
import urllib.request
from urllib.parse import urljoin

from benchmarks.machine import installation, serving

PAGES = ("/", "/berichten/", "/zeg-het-ons/", "/bijdragen/", "/bijdragen/?kaart=1", "/onderwerpen/", "/onderwerpen/stationsplein/",
         "/besluiten/", "/vind-ons/", "/aanmelden/", "/buurten/", "/volg/", "/privacy/", "/logboek/", "/open-data/")  # fmt: skip


def fetch(url: str) -> tuple[int, bytes]:
    """Bytes on the wire, and the body unpacked."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        raw = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    body = gzip.decompress(raw) if packed else raw
    return (len(raw) if packed else len(gzip.compress(raw, 6))), body


def measure() -> None:
    """Print kB per page."""
    with (
        installation("sqlite") as (env, _folder),
        serving({**env, "STAMTAFEL_PAGE_COPY_MILLISECONDS": "1000"}) as (address, _pid),
    ):
        print(f"{'page':<32}{'HTML':>7}{'CSS':>7}{'script':>8}{'sum kB':>8}{'fonts':>7}")
        for page in PAGES:
            size, body = fetch(address + page)
            html = body.decode()
            styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
            scripts = re.findall(r'<script[^>]+src="([^"]+)"', html)
            css = [fetch(address + href) for href in styles]
            fonts = {url for _size, text in css for url in re.findall(r"url\([\"']?([^\"')]+\.woff2)", text.decode())}
            font = sum(len(urllib.request.urlopen(urljoin(address + styles[0], url)).read()) for url in fonts)
            script = sum(fetch(address + src)[0] for src in scripts)
            parts = [size, sum(one for one, _body in css), script]
            print(
                f"{page:<32}{parts[0] / 1000:>7.1f}{parts[1] / 1000:>7.1f}{parts[2] / 1000:>8.1f}{sum(parts) / 1000:>8.1f}{font / 1000:>7.1f}"
            )


if __name__ == "__main__":
    measure()
