"""The figures of docs/performance.md, measured side by side. Run `scripts/bench --help`."""
