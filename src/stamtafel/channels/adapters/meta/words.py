"""Texts as Meta counts and changes them; and what steps reached where nobody keeps it. Pure."""

from collections import UserDict


def units(text: str) -> int:
    """How long a text is in UTF-16 units, the way in which it is never shorter than any other way Meta may count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same; networks change white space."""
    return " ".join(one.split()) == " ".join(other.split())


class InMemory(UserDict[str, str]):
    """``contract.Progress`` for a single call."""

    def get(self, step: str, default: str = "") -> str:  # type: ignore[override]
        """What was kept of a step."""
        return self.data.get(step, default)

    def keep(self, step: str, value: str) -> None:
        """Keep it while this call lasts."""
        self.data[step] = value
