"""Making a post ready and publishing it, going on where it stood ("Content Publishing", reference "IG Container").

Steps that are kept: ``child:N`` (a picture of a carousel), ``child:N:ready``, ``container``. Instagram keeps a
container for 24 hours, and says PUBLISHED of one that is out: that is how nothing is published twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from stamtafel.channels.adapters.instagram import client
from stamtafel.channels.adapters.meta.errors import A_MINUTE, AN_HOUR, ContainerLost
from stamtafel.channels.adapters.meta.graph import Graph
from stamtafel.channels.contract import OutcomeUnknown, Permanent, Progress, Receipt, Rendered, Temporary

KEPT: Final = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Making:
    """One post under way."""

    graph: Graph
    ig: str
    rendered: Rendered
    progress: Progress
    now: datetime

    def publish(self) -> Receipt:
        """Go on where it stands."""
        try:
            container = self._container()
            if self._is_out(container):
                return self._found()
            return client.publish(self.graph, self.ig, container)
        except ContainerLost:
            self._forget()
            raise

    def _container(self) -> str:
        """The post, made ready but for the waiting."""
        if not self.progress.get("container"):
            self._room()
            self.progress.keep("container", self._made())
        return self.progress.get("container")

    def _made(self) -> str:
        for number, picture in enumerate(self.rendered.pictures):
            if not self.progress.get(f"child:{number}"):
                client.preflight(picture)
        if len(self.rendered.pictures) == 1:
            return client.item(self.graph, self.ig, self.rendered.pictures[0], caption=self.rendered.text)
        return client.carousel(self.graph, self.ig, self._children(), self.rendered.text)

    def _children(self) -> list[str]:
        for number, picture in enumerate(self.rendered.pictures):
            if not self.progress.get(f"child:{number}"):
                self.progress.keep(f"child:{number}", client.item(self.graph, self.ig, picture, caption=None))
        children = [self.progress.get(f"child:{number}") for number in range(len(self.rendered.pictures))]
        for number, child in enumerate(children):
            if not self.progress.get(f"child:{number}:ready"):
                self._is_out(child)
                self.progress.keep(f"child:{number}:ready", "yes")
        return children

    def _is_out(self, container: str) -> bool:
        """Whether it was published already. Raises Temporary while it is not ready."""
        state, words = client.status(self.graph, container)
        if state in {"FINISHED", "PUBLISHED"}:
            return state == "PUBLISHED"
        if state == "EXPIRED":
            raise ContainerLost("Instagram kept the post for a day and then let it go; it is made anew.")
        if state == "ERROR":
            self._forget()
            raise Permanent(words or "Instagram could not make the post ready.")
        raise Temporary("Instagram is still fetching the pictures.", retry_after=A_MINUTE)

    def _found(self) -> Receipt:
        found = client.find_post(self.graph, self.ig, self.rendered.text, self.now - KEPT)
        if found is None:
            raise OutcomeUnknown("Instagram says that the post is out, and does not show it yet.")
        return found

    def _room(self) -> None:
        quota = client.quota(self.graph, self.ig)
        if quota.total is not None and quota.used >= quota.total:
            raise Temporary(f"Instagram takes {quota.total} posts in 24 hours, and took them.", retry_after=AN_HOUR)

    def _forget(self) -> None:
        """Begin anew the next time."""
        for number in range(len(self.rendered.pictures)):
            self.progress.keep(f"child:{number}", "")
            self.progress.keep(f"child:{number}:ready", "")
        self.progress.keep("container", "")
