import { ApiError } from "./api.js";

/**
 * Run `work` under a lock that all tabs share; return its result.
 *
 * A page in the back/forward cache gets no lock. This then throws the ApiError of an unreachable
 * server, so that callers retry as they do offline.
 */
export async function withLock(name, work) {
  if (!navigator.locks) return work();
  try {
    return await navigator.locks.request(name, work);
  } catch (error) {
    if (error.name === "SecurityError") return work(); // storage is blocked, so there is one tab
    throw error.name === "InvalidStateError" ? new ApiError({}) : error;
  }
}
