import { ApiError } from "./api.js";

/**
 * Do some work while no other tab does, and return what it returns.
 *
 * A page in the back/forward cache gets no lock. Throws the ApiError of a server that cannot be
 * reached then: whoever tries again later tries this again, too.
 */
export async function inTurn(name, work) {
  if (!navigator.locks) return work();
  try {
    return await navigator.locks.request(name, work);
  } catch (error) {
    throw error.name === "InvalidStateError" ? new ApiError({}) : error;
  }
}
