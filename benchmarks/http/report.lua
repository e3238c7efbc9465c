-- One line at the end: requests per second, latencies in microseconds, and what went wrong.
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("figures %.1f %d %d %d %d\n",
    summary.requests / (summary.duration / 1e6),
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
