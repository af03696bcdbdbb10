/** Know an access token: whose it is, and until when by this device's own clock. */
export class AccessToken {
  /** `expiresAt` (local ms) is for a token that was kept; a fresh one lasts as long as it says. */
  constructor(value, expiresAt = null) {
    const claims = claimsOf(value);
    this.value = value;
    this.userId = claims.user_id;
    // The difference of its two times, as a device's clock can be wrong by hours.
    this.expiresAt = expiresAt ?? Date.now() + (claims.exp - claims.iat) * 1000;
  }

  /** Tell whether it is good for that many seconds more. */
  lasts(seconds) {
    return this.expiresAt - Date.now() > seconds * 1000;
  }
}

function claimsOf(value) {
  const payload = value.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(payload));
}
