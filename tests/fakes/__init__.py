"""Networks of our own to test against: stateful, on loopback, usable by hand (``make fakes``).

Each file is one platform and is held to that platform's own documents in both directions (``tests/contracts``).
"""
