"""Our adapters at real servers, on loopback: `make test-channels`."""
