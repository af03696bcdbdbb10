-- Sends the requests of a file, one per line: METHOD PATH TOKEN BODY. An @ in a body becomes a new
-- UUID. Arguments: the file, and a number that differs between runs.

local lines, at, sent, run = {}, 0, 0, 0

function init(arguments)
   for line in io.lines(arguments[1]) do
      local method, path, token, body = line:match("^(%S+) (%S+) (%S+) (.*)$")
      local headers = { Authorization = "Bearer " .. token, ["Content-Type"] = "application/json" }
      lines[#lines + 1] = { method, path, headers, body }
   end
   run = tonumber(arguments[2])
end

function request()
   at = at % #lines + 1
   sent = sent + 1
   local method, path, headers, body = unpack(lines[at])
   local uuid = string.format("%08x-0000-4000-8000-%012x", run, sent)
   return wrk.format(method, path, headers, (body:gsub("@", uuid)))
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "errors": %d}\n',
      summary.requests, summary.duration / 1e6,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
