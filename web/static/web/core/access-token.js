/** A JWT access token with its user, and its expiry by this device's clock. */
export class AccessToken {
  /** Pass `expiresAt` (local ms) for a stored token; by default it is derived from the claims. */
  constructor(value, expiresAt = null) {
    const claims = claimsOf(value);
    this.value = value;
    this.userId = claims.user_id;
    // Uses the token's lifetime, as the device's clock can be off by hours.
    this.expiresAt = expiresAt ?? Date.now() + (claims.exp - claims.iat) * 1000;
  }

  /** Return whether the token stays valid for that many more seconds. */
  isValidFor(seconds) {
    return this.expiresAt - Date.now() > seconds * 1000;
  }
}

function claimsOf(value) {
  const payload = value.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(payload));
}
