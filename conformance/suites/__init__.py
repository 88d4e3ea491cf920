"""The suites that pytest runs; `understudy.conformance.plugin` gives them their laws."""
